import { eventJsonSchema } from '../directory/feed/event-json-schema.ts';

// node tools/event-schema.ts > docs/events.schema.json && npm run format
process.stdout.write(`${JSON.stringify(eventJsonSchema(), undefined, 2)}\n`);
