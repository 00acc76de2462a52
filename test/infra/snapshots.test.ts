import { describe, expect, it } from 'vitest';
import { synthesise } from '../helpers/stacks.ts';

/** Hashes of code, and the deployment's logical id, which has the hash of the API in it, change with every change. */
function normalise(template: object): object {
  const text = JSON.stringify(template)
    .replaceAll(/[0-9a-f]{64}/g, 'HASH')
    .replaceAll(/(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1HASH');
  return JSON.parse(text);
}

// The other tests say what is promised; these show what else has changed, to whoever reviews it (`vitest run -u`).
describe('the template of the default configuration', () => {
  it.each(['scim-stack-us', 'scim-stack-us-monitoring'])('of %s is as it was reviewed', (stackName) => {
    expect(normalise(synthesise({}, stackName).template.toJSON())).toMatchSnapshot();
  });
});
