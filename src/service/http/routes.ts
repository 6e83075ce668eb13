/** A route is a declaration and what answers it: there is none without the other. */

import { Hono, type Context as HonoContext } from 'hono';
import type { Declaration } from './api/declaration.js';
import { type Env, needs } from './env.js';

type Answer = Response | Promise<Response>;
type Handler<Path extends string> = (context: HonoContext<Env, Path>) => Answer;

interface Route {
  readonly declaration: Declaration;
  mount(app: Hono<Env>): void;
}

/** A group of routes. */
export class Routes {
  private readonly own: Route[] = [];
  private failed: ((error: Error) => Answer) | undefined;

  /** Answers what is declared. A token without the role does not get there. */
  add<Path extends string>(declaration: Declaration<Path>, handler: Handler<Path>): void {
    const { method, path, role } = declaration;
    const mount = (app: Hono<Env>) => {
      const one = new Hono<Env>();
      if (this.failed) one.onError(this.failed);
      if (role) one.on(method, path, needs(role));
      one.on(method, path, (context) => handler(context as unknown as HonoContext<Env, Path>));
      app.route('/', one);
    };
    this.own.push({ declaration, mount });
  }

  /** Errors of this group are answered in another way than as problem details. */
  onError(act: (error: Error) => Answer): void {
    this.failed = act;
  }

  join(...groups: readonly Routes[]): void {
    for (const { own } of groups) this.own.push(...own);
  }

  get declarations(): readonly Declaration[] {
    return this.own.map(({ declaration }) => declaration);
  }

  /** Those that need no token. */
  mountPublic(app: Hono<Env>): void {
    for (const { declaration, mount } of this.own) if (!declaration.role) mount(app);
  }

  /** Those that need one. */
  mountGuarded(app: Hono<Env>): void {
    for (const { declaration, mount } of this.own) if (declaration.role) mount(app);
  }
}

export function routes(): Routes {
  return new Routes();
}
