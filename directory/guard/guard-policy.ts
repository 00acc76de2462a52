import * as z from 'zod';

/**
 * The `guard` section of a tenant's policy: when the guard stops an identity provider that takes too many away at once.
 */

export const GUARD_MODES = ['off', 'watch', 'on'] as const;
export type GuardMode = (typeof GUARD_MODES)[number];

/** A day: what an identity provider does in one cycle is in the window as a whole. */
const MAX_WINDOW_MINUTES = 1_440;

const mode = z.enum(GUARD_MODES);
const percent = z.number().min(0).max(100);
const atLeast = z.number().int().min(1).max(1_000_000);
const windowMinutes = z.number().int().min(1).max(MAX_WINDOW_MINUTES);

const settings = {
  /** `watch`: nothing is held back, only told. */
  mode: mode.default('on'),
  /** Of the active users, or the memberships, so many may go within the window. */
  percent: percent.default(20),
  /** So many may go whatever the percentage says. */
  atLeast: atLeast.default(50),
  windowMinutes: windowMinutes.default(60),
};
const ofApplication = {
  mode: mode.exactOptional(),
  percent: percent.exactOptional(),
  atLeast: atLeast.exactOptional(),
  windowMinutes: windowMinutes.exactOptional(),
};

/** An application's name, or the lifecycle's sweep. */
const ApplicationNameSchema = z
  .string()
  .regex(/^(?:[a-z0-9-]{1,40}|@lifecycle)$/, 'expected the name of an application, or @lifecycle');

/** @param manner - `lenient`: members that no release up to this one knows are passed over. */
export function guardSection(manner: 'strict' | 'lenient') {
  const objectOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
    manner === 'strict' ? z.strictObject(shape) : z.object(shape);
  return objectOf({
    ...settings,
    /** What differs for single applications. */
    applications: z.record(ApplicationNameSchema, objectOf(ofApplication)).default({}),
  }).prefault({});
}

/** What holds for one application. */
export interface GuardSettings {
  readonly mode: GuardMode;
  readonly percent: number;
  readonly atLeast: number;
  readonly windowMinutes: number;
}

type GuardSection = z.output<ReturnType<typeof guardSection>>;

export function guardSettingsOf(section: GuardSection, application: string): GuardSettings {
  const { applications, ...common } = section;
  const own = Object.hasOwn(applications, application) ? applications[application] : undefined;
  return {
    mode: own?.mode ?? common.mode,
    percent: own?.percent ?? common.percent,
    atLeast: own?.atLeast ?? common.atLeast,
    windowMinutes: own?.windowMinutes ?? common.windowMinutes,
  };
}
