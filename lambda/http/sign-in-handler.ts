import { decideSignIn, type SignInDecision } from '../../directory/access/sign-in.ts';
import { invalidValue } from '../../scim/errors.ts';
import { type SignInAnswer, SignInRequestSchema } from '../contract/sign-in-messages.ts';
import type { RouteHandler } from './request.ts';
import { textResponse } from './responses.ts';

/**
 * `POST sign-in` of the application API: whether somebody may enter. A deny is an answer like any other, 200: what is not
 * 200 says that there is no answer.
 */
export const postSignIn: RouteHandler = async ({ directory, parseBody }) => {
  const { success, data, error } = SignInRequestSchema.safeParse(parseBody());
  if (!success) {
    // The places and what was expected, never what was sent.
    throw invalidValue(
      error.issues.map(({ path, message }) => `${['body', ...path].join('.')}: ${message}`).join('; '),
    );
  }
  const decision = await decideSignIn(directory.table, directory.tenant.name, data);
  return textResponse(200, JSON.stringify(toSignInAnswer(decision)), { 'content-type': 'application/json' });
};

/** The decision as the contract has it. */
export function toSignInAnswer(decision: SignInDecision): SignInAnswer {
  return decision.decision === 'deny' ? decision : { ...decision, groups: [...decision.groups] };
}
