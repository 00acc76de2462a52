import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deploymentConfigJsonSchema } from '../../../../lib/config/json-schema.ts';

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** All keys that the schema has, at any depth. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

describe('scim-stack.config.schema.json', () => {
  it('is current', () => {
    // node bin/config-schema.ts > scim-stack.config.schema.json && npm run format
    expect(readJson('scim-stack.config.schema.json')).toEqual(JSON.parse(JSON.stringify(deploymentConfigJsonSchema())));
  });

  it('is named by every example', () => {
    const examples = readdirSync('examples').filter((file) => file.endsWith('.json'));
    expect(examples).toHaveLength(3);
    for (const file of examples) {
      expect(readJson(`examples/${file}`)).toMatchObject({ $schema: '../scim-stack.config.schema.json' });
    }
  });

  it('has a word about each key, and so has docs/configuration.md', () => {
    const manual = readFileSync('docs/configuration.md', 'utf8');
    for (const key of new Set(keysOf(deploymentConfigJsonSchema()))) expect(manual).toContain(`\`${key}\``);
  });
});
