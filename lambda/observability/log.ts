/** What a log line may hold: names, numbers, ids; never a token, a body or a personal value. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | LogDetail>>;
export type LogDetail = {
  readonly [name: string]: string | number | boolean | undefined | readonly string[] | LogDetail;
};

/** Where log lines go: Powertools' Logger in AWS, a file in the local run. */
export interface Log {
  info(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

const MAX_FRAMES = 12;
const MAX_CAUSES = 5;

/**
 * An unexpected failure as a log may hold it: what was thrown and where, and the same of its causes. Not the messages:
 * those of JSON, of the engine and of AWS quote values, and values are personal.
 */
export function describeFailure(failure: unknown): LogDetail {
  return describe(failure, MAX_CAUSES);
}

function describe(failure: unknown, causesLeft: number): LogDetail {
  if (!(failure instanceof Error)) return { name: typeof failure };
  const { name, cause } = failure;
  return {
    name,
    ...awsRequestOf(failure),
    frames: framesOf(failure),
    ...(cause === undefined || causesLeft === 0 ? {} : { cause: describe(cause, causesLeft - 1) }),
  };
}

function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').map((line) => line.trim());
  return frames.filter((line) => /^at .+:\d+:\d+\)?$/.test(line)).slice(0, MAX_FRAMES);
}

/** The id under which AWS knows a call that it refused. */
function awsRequestOf(failure: Error): { awsRequestId?: string } {
  const metadata: unknown = '$metadata' in failure ? failure.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('requestId' in metadata)) return {};
  return typeof metadata.requestId === 'string' ? { awsRequestId: metadata.requestId } : {};
}
