import { describe, expect, it } from 'vitest';
import type { ScimRequest } from '../../../lambda/http/request.ts';
import { postSignIn } from '../../../lambda/http/sign-in-handler.ts';
import type { JsonValue } from '../../../scim/json.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { createTestTable } from '../../helpers/tables.ts';

/** A request as the pipeline hands it on: all that the handler reads of one. */
async function askerOf(tenant: string) {
  const directory = await createContext(await createTestTable(), { tenant });
  const ask = async (body: JsonValue) => {
    const request: Pick<ScimRequest, 'directory' | 'parseBody'> = { directory, parseBody: () => body };
    const { statusCode, headers, body: answer } = await postSignIn(request as ScimRequest);
    return { statusCode, type: headers?.['content-type'], answer: JSON.parse(answer) };
  };
  return { directory, ask };
}

describe('POST sign-in', () => {
  it('answers allow and deny alike with 200, as JSON', async () => {
    const { directory, ask } = await askerOf('acme');
    const ada = await addUser(directory, 'ada@example.com', { externalId: 'ada' });
    expect(await ask({ subject: { value: 'ada' } })).toMatchObject({
      statusCode: 200,
      type: 'application/json',
      answer: { decision: 'allow', user: { id: ada }, groups: [] },
    });
    expect(await ask({ subject: { value: 'bob' } })).toEqual({
      statusCode: 200,
      type: 'application/json',
      answer: { decision: 'deny', reason: 'unknown' },
    });
  });

  it('refuses what is no question, and names every place without its value', async () => {
    const { ask } = await askerOf('acme');
    await expect(ask({ subject: { by: 'secret@example.com', value: 7 }, more: 1 })).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
      message: expect.stringMatching(/^(?!.*secret).*body\.subject\.by: .*body\.subject\.value: .*"more"/),
    });
    for (const body of [null, 'ada', [], { subject: 'ada' }, { subject: { value: '' } }]) {
      await expect(ask(body)).rejects.toMatchObject({ status: 400 });
    }
  });
});
