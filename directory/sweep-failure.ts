/** Takes what a sweep failed at, by the kind of work and the tenant. */
export type OnFailure = (what: { readonly kind: string; readonly tenant: string }, error: unknown) => void;

/** Rethrows. */
export const endWith: OnFailure = (_, error) => {
  throw error;
};
