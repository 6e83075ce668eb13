/** What is secret in the environment. */

/** FRACTAL_TOKEN, once: no process that is started later inherits it. */
export function tokenOfEnvironment(): string | undefined {
  const token = process.env.FRACTAL_TOKEN;
  delete process.env.FRACTAL_TOKEN;
  return token;
}
