/** The data types of RFC 7643 §2.3. */
export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex';

export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
export type Returned = 'always' | 'never' | 'default' | 'request';
export type Uniqueness = 'none' | 'server' | 'global';

/**
 * One attribute and its characteristics; everything that handles an attribute reads them from here.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7}
 */
export interface AttributeDefinition {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: Mutability;
  readonly returned: Returned;
  readonly uniqueness: Uniqueness;
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly AttributeDefinition[];
  /**
   * Not a characteristic of the RFC, and not shown in `/Schemas`: the values are not part of the stored resource but
   * kept apart from it (a group's `members`, a user's `groups`). PATCH yields them as changes and never sees the list.
   */
  readonly keptApart?: true;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7} */
export interface Schema {
  /** Its URN. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly AttributeDefinition[];
}

export type ResourceTypeName = 'User' | 'Group';

/** @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-6 RFC 7643 §6} */
export interface ResourceType {
  readonly name: ResourceTypeName;
  readonly description: string;
  /** Relative to the Tenant URL, such as `/Users`. */
  readonly endpoint: string;
  readonly schema: Schema;
  readonly extensions: readonly SchemaExtension[];
}

export interface SchemaExtension {
  readonly schema: Schema;
  readonly required: boolean;
  /** A tenant has registered it; others may have no such extension. */
  readonly registered?: true;
}
