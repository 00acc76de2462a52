import type { Settings } from './settings.ts';

/** A region of a deployment, with all that is said of it. */
export interface RegionConfig extends Settings {
  /** Such as `us`. */
  readonly name: string;
  /** Such as `us-east-1`. */
  readonly awsRegion: string;
  /** Of the directory; the names of the other stacks begin with it. */
  readonly stackName: string;
}
