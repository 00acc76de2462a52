import type { JsonValue } from '../json.ts';
import { quoteExcerpt } from '../text.ts';
import { DocumentReader } from './document-reader.ts';
import type { AttributeDefinition, AttributeType } from './types.ts';

const TYPES: readonly AttributeType[] = [
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'binary',
  'reference',
  'complex',
];
const MEMBERS = [
  'name',
  'type',
  'multiValued',
  'description',
  'required',
  'canonicalValues',
  'caseExact',
  'mutability',
  'returned',
  'uniqueness',
  'referenceTypes',
  'subAttributes',
] as const;
const REFERENCE_TYPES: readonly string[] = ['User', 'Group', 'external', 'uri'];

/** Attributes that every resource has itself (RFC 7643 §3.1): one of an extension would be taken for them. */
const COMMON_NAMES: readonly string[] = ['schemas', 'id', 'externalid', 'meta'];

const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 1_000;
const LONGEST_VALUE = 256;

/**
 * Reads attributes of a schema extension, or sub-attributes of one, with the defaults of RFC 7643 §2.2.
 *
 * @param faults - Whatever is wrong is added to it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7}
 */
export function parseAttributes(
  owner: DocumentReader,
  member: 'attributes' | 'subAttributes',
  faults: string[],
): readonly AttributeDefinition[] {
  const taken = new Set<string>();
  return owner.list(member).map((value, n) => {
    const reader = readerOf(owner, member, value, n, faults);
    const attribute = parseAttribute(reader, member === 'subAttributes', faults);
    const name = attribute.name.toLowerCase();
    if (name !== '' && taken.has(name)) reader.fault('name', 'is there twice: names are case-insensitive');
    taken.add(name);
    return attribute;
  });
}

/** A fault names an attribute by its name where it has one, and by its place where not. */
function readerOf(owner: DocumentReader, member: string, value: JsonValue, n: number, faults: string[]) {
  const name = new DocumentReader(value, '', []).get('name');
  const place = typeof name === 'string' && isName(name) ? `.${name}` : `[${n}]`;
  const prefix = owner.path === '' ? '' : `${owner.path}.`;
  return new DocumentReader(value, `${prefix}${member}${place}`, faults);
}

function parseAttribute(reader: DocumentReader, isSub: boolean, faults: string[]): AttributeDefinition {
  reader.refuseOthers(MEMBERS);
  const type = reader.word('type', isSub ? TYPES.filter((known) => known !== 'complex') : TYPES, 'string');
  const canonicalValues = parseCanonicalValues(reader, type);
  const referenceTypes = parseReferenceTypes(reader, type);
  const subAttributes = parseSubAttributes(reader, type, faults);
  const caseExact = reader.get('caseExact') === undefined ? isAlwaysExact(type) : reader.flag('caseExact');
  refuseImpossible(reader);
  return {
    name: parseName(reader, isSub),
    type,
    multiValued: reader.flag('multiValued'),
    description: reader.text('description', LONGEST_DESCRIPTION),
    required: false,
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    caseExact,
    mutability: reader.get('mutability') === 'immutable' ? 'immutable' : 'readWrite',
    returned: reader.word('returned', ['always', 'never', 'default', 'request'], 'default'),
    uniqueness: 'none',
    ...(referenceTypes === undefined ? {} : { referenceTypes }),
    ...(subAttributes === undefined ? {} : { subAttributes }),
  };
}

/** RFC 7643 §2.3.6 and §2.3.7. */
function isAlwaysExact(type: AttributeType): boolean {
  return type === 'binary' || type === 'reference';
}

function parseName(reader: DocumentReader, isSub: boolean): string {
  const name = reader.text('name', LONGEST_NAME);
  if (name === '') return '';
  if (!isName(name) && !(isSub && name === '$ref')) {
    const expected = 'a letter, then letters, digits, hyphens, underscores and dollar signs';
    reader.fault('name', `expected ${expected}, got ${quoteExcerpt(name)}`);
  }
  if (!isSub && COMMON_NAMES.includes(name.toLowerCase())) {
    reader.fault('name', `${name} is an attribute that every resource has already: choose another name`);
  }
  return name;
}

/** The ABNF of RFC 7643 §2.1. */
function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_$-]*$/.test(text);
}

/** What RFC 7643 has, and an attribute of an extension cannot have here; each for a reason that its sentence tells. */
function refuseImpossible(reader: DocumentReader): void {
  if (reader.flag('required')) {
    reader.fault(
      'required',
      'an attribute of an extension cannot be required: every resource of before would lack it, and identity providers send attributes one by one',
    );
  }
  const uniqueness = reader.word('uniqueness', ['none', 'server', 'global'], 'none');
  if (uniqueness !== 'none') {
    reader.fault('uniqueness', `"${uniqueness}" is not offered for attributes of an extension: expected "none"`);
  }
  const mutability = reader.word('mutability', ['readWrite', 'immutable', 'readOnly', 'writeOnly'], 'readWrite');
  if (mutability === 'readOnly')
    reader.fault('mutability', 'nothing but a client could set it: "readOnly" would be empty for ever');
  if (mutability === 'writeOnly')
    reader.fault('mutability', 'what nobody may read is not stored: "writeOnly" is of no use');
}

function parseCanonicalValues(reader: DocumentReader, type: AttributeType): readonly string[] | undefined {
  const values = reader.texts('canonicalValues', LONGEST_VALUE);
  if (values !== undefined && type !== 'string') {
    reader.fault('canonicalValues', `are for attributes of type string, and this one is ${type}`);
  }
  return values;
}

function parseReferenceTypes(reader: DocumentReader, type: AttributeType): readonly string[] | undefined {
  const types = reader.texts('referenceTypes', LONGEST_VALUE);
  if (type === 'reference') {
    const isKnown = types?.every((name) => REFERENCE_TYPES.includes(name)) ?? false;
    if (!isKnown)
      reader.fault('referenceTypes', `a reference needs them: one or more of ${REFERENCE_TYPES.join(', ')}`);
  } else if (types !== undefined) {
    reader.fault('referenceTypes', `are for attributes of type reference, and this one is ${type}`);
  }
  return types;
}

function parseSubAttributes(
  reader: DocumentReader,
  type: AttributeType,
  faults: string[],
): readonly AttributeDefinition[] | undefined {
  if (type === 'complex') return parseAttributes(reader, 'subAttributes', faults);
  if (reader.get('subAttributes') !== undefined) {
    reader.fault('subAttributes', `are for attributes of type complex, and this one is ${type}`);
  }
  return undefined;
}
