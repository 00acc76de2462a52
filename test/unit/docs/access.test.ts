import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../directory/access/parse-policy.ts';
import { EMPTY_POLICY } from '../../../directory/access/policy.ts';
import { DENY_REASONS } from '../../../directory/access/sign-in.ts';
import { SignInAnswerSchema, SignInRequestSchema } from '../../../lambda/contract/sign-in-messages.ts';
import { projectRoot } from '../../helpers/processes.ts';

const page = readFileSync(join(projectRoot, 'docs/access.md'), 'utf8');
const documents = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));

describe('docs/access.md', () => {
  it('has a policy that could be applied', () => {
    expect(parsePolicy(documents[0]).faults).toEqual([]);
    expect(Object.keys(documents[0])).toEqual(Object.keys(EMPTY_POLICY));
  });

  it('has a question, an allow and a deny as they are', () => {
    const [, question, ...answers] = documents;
    expect(SignInRequestSchema.safeParse(question).success).toBe(true);
    expect(answers.map((answer) => SignInAnswerSchema.parse(answer).decision)).toEqual(['allow', 'deny']);
  });

  it('has every reason of a deny', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
    for (const reason of DENY_REASONS) expect(rows).toContain(reason);
  });
});
