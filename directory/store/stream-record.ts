import * as z from 'zod';
import { type AttributeValues, toItemOfStream } from './attribute-values.ts';
import type { ItemChange } from './item-change.ts';

/** Of attribute values nothing is asked here: {@link toItemOfStream} takes whatever DynamoDB may hold. */
const ImageSchema = z.custom<AttributeValues>((value) => typeof value === 'object' && value !== null, 'not an image');

/**
 * A record of the table's stream, as Lambda's event source mapping delivers it (time in seconds) or as the streams API
 * answers it (time as a date).
 */
const StreamRecordSchema = z.object({
  eventID: z.string(),
  dynamodb: z.object({
    ApproximateCreationDateTime: z.union([z.number().transform((seconds) => new Date(seconds * 1_000)), z.date()]),
    OldImage: ImageSchema.optional(),
    NewImage: ImageSchema.optional(),
  }),
});

/**
 * A record of DynamoDB's stream as a change. Values that are none of ours come as DynamoDB writes them (`{ "SS": … }`), so
 * that whoever reads the change may say that it cannot.
 *
 * @param record - With both images (`NEW_AND_OLD_IMAGES`).
 * @throws ZodError when it is no record of a stream, or has no image.
 * @see {@link https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html Record}
 */
export function toItemChange(record: unknown): ItemChange {
  const { eventID, dynamodb } = StreamRecordSchema.parse(record);
  const { OldImage, NewImage, ApproximateCreationDateTime: at } = dynamodb;
  return {
    id: eventID,
    at,
    before: OldImage && toItemOfStream(OldImage),
    after: NewImage && toItemOfStream(NewImage),
  };
}
