import type { ScimMiddleware } from './middleware.ts';

/** What an answer waits for what is written about its request, at most. A write takes some 10 ms. */
export const AFTERWARDS_MILLIS = 500;

type Hook = NonNullable<ScimMiddleware['after']>;

/** Middlewares that write about a request once its outcome is known, at once rather than one after the other. */
export function afterwards(...middlewares: readonly ScimMiddleware[]): ScimMiddleware {
  const all = (hooks: readonly (Hook | undefined)[]): Hook => {
    return async (request) => {
      // What a hook returned would be taken for the answer.
      await Promise.all(hooks.map((hook) => hook?.(request)));
    };
  };
  return {
    after: all(middlewares.map(({ after }) => after)),
    onError: all(middlewares.map(({ onError }) => onError)),
  };
}
