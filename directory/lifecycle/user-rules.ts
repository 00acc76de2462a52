import { compilePresence, resolvePathText } from '../../scim/attribute-presence.ts';
import { invalidValue, mutabilityError, ScimError } from '../../scim/errors.ts';
import { isJsonObject, isSameJson, type JsonObject, type JsonValue, member } from '../../scim/json.ts';
import { differingAttributes, withDefaults, withValuesOf } from '../../scim/keep-attributes.ts';
import type { ResolvedAttribute } from '../../scim/schema/resource-schema.ts';
import { ACTORS, type DirectoryContext, type Tenant } from '../context.ts';
import { assertMayChange } from './features.ts';

type Source = Pick<DirectoryContext, 'tenant' | 'application'>;

/** A tenant's settings about users' attributes, made ready. */
interface UserRules {
  readonly required: readonly { readonly path: string; readonly isThere: (attributes: JsonObject) => boolean }[];
  readonly locallyOwned: readonly ResolvedAttribute[];
  readonly defaults: JsonObject;
  readonly isExtension: (name: string) => boolean;
}

const prepared = new WeakMap<Tenant, UserRules>();

/** Worked out once a tenant. What no schema describes any more counts for nothing. */
function rulesOf(tenant: Tenant): UserRules {
  const known = prepared.get(tenant);
  if (known !== undefined) return known;
  const { settings, schemas } = tenant;
  const targets = (paths: readonly string[]) =>
    paths.flatMap((path) => {
      const target = ignoringFaults(() => resolvePathText(schemas.User, path));
      return target === undefined ? [] : [{ path, target }];
    });
  const isExtension = (name: string) => schemas.User.findExtension(name) !== undefined;
  const isKnown = (name: string) => schemas.User.findCoreAttribute(name) !== undefined || isExtension(name);
  const rules: UserRules = {
    required: targets(settings.requiredAttributes).flatMap(({ path, target }) => {
      const isThere = ignoringFaults(() => compilePresence(target));
      return isThere === undefined ? [] : [{ path, isThere }];
    }),
    locallyOwned: targets(settings.locallyOwned).map(({ target }) => target),
    defaults: Object.fromEntries(Object.entries(settings.createDefaults).filter(([name]) => isKnown(name))),
    isExtension,
  };
  prepared.set(tenant, rules);
  return rules;
}

function ignoringFaults<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}

/**
 * What a new user is given of the attributes that a client sends: without those that it does not own, with the tenant's
 * defaults.
 *
 * @param former - The attributes of one who returns, which keeps what the tenant's own application has written.
 * @throws ScimError 400 `invalidValue` for one who is disabled on arrival where the tenant refuses that, and naming every
 * required attribute that is missing.
 */
export function toNewUser(
  { tenant }: Pick<DirectoryContext, 'tenant'>,
  attributes: JsonObject,
  former: JsonObject = {},
): JsonObject {
  const rules = rulesOf(tenant);
  if (tenant.settings.inactiveOnCreate === 'refuse' && attributes['active'] === false) {
    throw invalidValue('active: this tenant takes no new user who is not active; create the user once active is true');
  }
  const own = withValuesOf(rules.locallyOwned, attributes, former);
  const whole = withDefaults(own, rules.defaults, rules.isExtension);
  assertNoneOf(
    rules.required.filter(({ isThere }) => !isThere(whole)),
    'the tenant requires of every user',
  );
  return whole;
}

/**
 * What becomes of a user by a PUT or PATCH: what the tenant's own application has written stays, silently, as read-only
 * attributes do, and so do defaults that a PUT does not mention. A user who lacked a required attribute all along may be changed by a PATCH.
 *
 * @param after - As the client would have it.
 * @throws ScimError 400 `invalidValue` naming every required attribute that a PUT lacks, or a PATCH would empty; 400 naming
 * the provisioning feature that is off.
 */
export function toChangedUser(
  context: Source,
  method: 'PUT' | 'PATCH',
  before: JsonObject,
  after: JsonObject,
): JsonObject {
  const rules = rulesOf(context.tenant);
  const whole = method === 'PUT' ? withDefaults(after, standingDefaults(rules, before), rules.isExtension) : after;
  const kept = withValuesOf(rules.locallyOwned, whole, before);
  assertNoneOf(
    rules.required.filter(({ isThere }) => !isThere(kept) && (method === 'PUT' || isThere(before))),
    method === 'PUT'
      ? 'the tenant requires of every user'
      : 'the tenant requires of every user, so that it must not be emptied,',
  );
  assertMayChange(context, before, kept);
  return kept;
}

/** The defaults that the user still has (RFC 7644 §3.5.1: what is omitted may be given its default). */
function standingDefaults({ defaults, isExtension }: UserRules, held: JsonObject): JsonObject {
  const standing = Object.entries(defaults).flatMap(([name, value]): [string, JsonValue][] => {
    const own = member(held, name);
    if (isSameJson(own, value)) return [[name, value]];
    if (!isExtension(name) || !isJsonObject(own) || !isJsonObject(value)) return [];
    return [
      [name, Object.fromEntries(Object.entries(value).filter(([inner, one]) => isSameJson(member(own, inner), one)))],
    ];
  });
  return Object.fromEntries(standing.filter(([, value]) => !isJsonObject(value) || Object.keys(value).length > 0));
}

/** As {@link toChangedUser}, of a PATCH by whoever asks. */
export function toPatchedUser(context: Source, before: JsonObject, after: JsonObject): JsonObject {
  if (context.application !== ACTORS.application) return toChangedUser(context, 'PATCH', before, after);
  assertOwnedAlone(context.tenant, before, after);
  return after;
}

/**
 * Holds the vendor's own application to what is its own.
 *
 * @throws ScimError 400 `mutability` naming what it may not change.
 */
function assertOwnedAlone(tenant: Tenant, before: JsonObject, after: JsonObject): void {
  const { locallyOwned, isExtension } = rulesOf(tenant);
  const allowed = withValuesOf(locallyOwned, before, after);
  if (isSameJson(allowed, after)) return;
  const names = differingAttributes(allowed, after, isExtension).join(', ');
  throw mutabilityError(
    `${names}: read-only here, for the identity provider provisions it; the application may change ${ownedText(tenant)}`,
  );
}

/**
 * Refuses whatever the vendor's own application may not do; a PATCH of a user is {@link toPatchedUser}'s to judge.
 *
 * @throws ScimError 400 `mutability`
 */
export function assertApplicationMay({ tenant, application }: Source, what: string): void {
  if (application !== ACTORS.application || what === 'PATCH User') return;
  throw mutabilityError(`${what} is the identity provider's: the application may change ${ownedText(tenant)}`);
}

function ownedText({ settings }: Tenant): string {
  return settings.locallyOwned.length === 0
    ? 'nothing, for the tenant has no locally owned attributes'
    : `users' locally owned attributes (${settings.locallyOwned.join(', ')})`;
}

function assertNoneOf(missing: readonly { readonly path: string }[], why: string): void {
  if (missing.length === 0) return;
  throw invalidValue(`${missing.map(({ path }) => path).join(', ')}: ${why} a value`);
}
