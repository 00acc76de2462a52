import { describe, expect, it } from 'vitest';
import { toSentAction } from '../../../../replay/http/sent-action.ts';

const answer = (status: number, body: object = {}, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  text: JSON.stringify(body),
});

describe('a request as --actions tells it', () => {
  it('has the id that the request names, and of a creation the one that was answered', () => {
    const patch = { method: 'PATCH', endpoint: 'Groups', id: 'g' } as const;
    expect(toSentAction(patch, answer(204, {}, { 'x-amzn-RequestId': 'r-1' }))).toEqual({
      ...{ method: 'PATCH', type: 'Group', id: 'g', status: 204, outcome: 'done', requestId: 'r-1' },
    });
    const post = { method: 'POST', endpoint: 'Users' } as const;
    expect(toSentAction(post, answer(201, { id: 'u' }))).toMatchObject({ type: 'User', id: 'u', requestId: undefined });
    expect(toSentAction(post, answer(409, { id: 'u' }))).toMatchObject({
      id: undefined,
      outcome: 'failed',
      status: 409,
    });
    expect(toSentAction(post, { ...answer(201), text: '<html>' })).toMatchObject({ id: undefined, outcome: 'done' });
  });

  it('is there where no answer came, and not of what is about neither users nor groups', () => {
    const get = { method: 'GET', endpoint: 'Users' } as const;
    expect(toSentAction(get, undefined)).toMatchObject({ outcome: 'unanswered', status: undefined });
    expect(toSentAction({ ...get, endpoint: 'Schemas' }, answer(200))).toBeUndefined();
  });
});
