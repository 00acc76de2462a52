import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventJsonSchema } from '../../../../directory/feed/event-json-schema.ts';
import { DirectoryEventSchema } from '../../../../directory/feed/event-schemas.ts';

const types = DirectoryEventSchema.options.map(({ shape }) => shape.type.value);

describe('docs/events.schema.json', () => {
  it('is current', () => {
    // node tools/event-schema.ts > docs/events.schema.json && npm run format
    const file: unknown = JSON.parse(readFileSync('docs/events.schema.json', 'utf8'));
    expect(file).toEqual(JSON.parse(JSON.stringify(eventJsonSchema())));
  });
});

describe('docs/events.md', () => {
  const page = readFileSync('docs/events.md', 'utf8');

  it('has every type of event in its table', () => {
    const [, section = ''] = page.split(/^## Types$/m);
    const listed = [...section.matchAll(/^\| `([a-z-]+\.[a-z]+)` \|/gm)].map(([, type]) => type);
    expect(listed.toSorted()).toEqual(types.toSorted());
  });

  it.each(['examples/event-consumer.ts', 'examples/event-snapshot.ts'])('quotes %s as it is', (path) => {
    expect(page).toContain(`\`\`\`ts\n${readFileSync(path, 'utf8')}\`\`\``);
  });
});
