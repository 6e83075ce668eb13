/** Files beside the code: the address of each, relative to the bundle. */

declare module '*.webp' {
  const address: string;
  export default address;
}
