import * as z from 'zod';
import { DirectoryEventSchema } from './event-schemas.ts';

/** What consumers check events by, and make types of; docs/events.schema.json holds it. */
export function eventJsonSchema(): object {
  return {
    title: 'scim-stack event',
    // Of the input: later releases may say more of an event, and consumers are not to refuse it.
    ...z.toJSONSchema(DirectoryEventSchema, { io: 'input' }),
  };
}
