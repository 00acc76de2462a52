import { isJsonArray, isJsonObject, type JsonDraft, type JsonObject, type JsonValue, memberOf } from '../json.ts';

/** The enterprise extension of RFC 7643 §4.3. */
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Where the manager is written; a reference, and so not among a mapping's plain attributes. */
export const MANAGER = `${ENTERPRISE_USER}:manager`;

/** An attribute of the target, as an administrator writes it into an identity provider's mapping. */
export type Target =
  /** `title`, `name.givenName` */
  | { readonly kind: 'plain'; readonly path: string; readonly attribute: string; readonly sub: string | undefined }
  /** `emails[type eq "work"].value` */
  | {
      readonly kind: 'typed';
      readonly path: string;
      readonly attribute: string;
      readonly type: string;
      readonly sub: string;
    }
  /** `urn:…:User:department` */
  | { readonly kind: 'extension'; readonly path: string; readonly urn: string; readonly attribute: string };

/** @throws Error where the path has none of the three forms. */
export function parseTarget(path: string): Target {
  const extension = /^(urn:.+):(\w+)$/.exec(path);
  if (extension?.[1] !== undefined && extension[2] !== undefined) {
    return { kind: 'extension', path, urn: extension[1], attribute: extension[2] };
  }
  const typed = /^(\w+)\[type eq "(\w+)"\]\.(\w+)$/.exec(path);
  if (typed?.[1] !== undefined && typed[2] !== undefined && typed[3] !== undefined) {
    return { kind: 'typed', path, attribute: typed[1], type: typed[2], sub: typed[3] };
  }
  const plain = /^(\w+)(?:\.(\w+))?$/.exec(path);
  if (plain?.[1] !== undefined) return { kind: 'plain', path, attribute: plain[1], sub: plain[2] };
  throw new Error(`target attribute ${JSON.stringify(path)} is neither a name, a value path nor a URN with a name`);
}

/** What a resource holds there; undefined where nothing is assigned (absent, null or an empty text). */
export function readTarget(resource: JsonObject, target: Target): JsonValue | undefined {
  const value = valueAt(resource, target);
  return value === null || value === '' ? undefined : value;
}

function valueAt(resource: JsonObject, target: Target): JsonValue | undefined {
  switch (target.kind) {
    case 'extension':
      return memberOf(memberOf(resource, target.urn), target.attribute);
    case 'typed': {
      const values = memberOf(resource, target.attribute);
      if (!isJsonArray(values)) return undefined;
      return memberOf(
        values.find((value) => memberOf(value, 'type') === target.type),
        target.sub,
      );
    }
    case 'plain': {
      const value = memberOf(resource, target.attribute);
      return target.sub === undefined ? value : memberOf(value, target.sub);
    }
  }
}

/** Writes the value into a resource that is being built for a POST or PUT. */
export function writeTarget(draft: JsonDraft, target: Target, value: JsonValue): void {
  switch (target.kind) {
    case 'extension':
      draft[target.urn] = { ...objectAt(draft, target.urn), [target.attribute]: value };
      return;
    case 'typed': {
      const values = draft[target.attribute];
      const entries = isJsonArray(values) ? values : [];
      const found = entries.find((entry) => memberOf(entry, 'type') === target.type);
      const entry = { ...(isJsonObject(found) ? found : { type: target.type }), [target.sub]: value };
      draft[target.attribute] = [...entries.filter((other) => other !== found), entry];
      return;
    }
    case 'plain':
      draft[target.attribute] =
        target.sub === undefined ? value : { ...objectAt(draft, target.attribute), [target.sub]: value };
      return;
  }
}

function objectAt(draft: JsonDraft, name: string): JsonObject {
  const value = draft[name];
  return isJsonObject(value) ? value : {};
}
