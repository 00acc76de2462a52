/**
 * A Lambda handler that is made at the first call, so that importing an entry reads no environment and makes no client.
 * One failure is not for ever: the next call tries again.
 */
export function onFirstCall<Arguments extends readonly unknown[], Result>(
  create: () => (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  let handler: ((...args: Arguments) => Result) | undefined;
  return (...args) => {
    handler ??= create();
    return handler(...args);
  };
}
