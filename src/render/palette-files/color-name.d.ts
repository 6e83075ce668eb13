/** The names of CSS, in small letters, with levels of red, green and blue. */
declare module 'color-name' {
  const names: Readonly<Record<string, readonly [number, number, number]>>;
  export default names;
}
