import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { toAttributeValue } from './attribute-values.ts';
import type { Condition, ItemValue, UpdateAction } from './item-table.ts';
import type { KeyRange } from './key-range.ts';

/** The parts of a request that carry expressions; each is absent where it would be empty, as DynamoDB demands. */
export interface Expressions {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Stands in for names and values in expressions, so that none can be a reserved word or be mistaken for syntax. */
class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: AttributeValue[] = [];

  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  value(value: ItemValue): string {
    this.#values.push(toAttributeValue(value));
    return `:v${this.#values.length - 1}`;
  }

  toExpressions(): Expressions {
    const names = [...this.#names].map(([attribute, placeholder]) => [placeholder, attribute]);
    const values = this.#values.map((value, index) => [`:v${index}`, value]);
    return {
      ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }
}

/** The conditions of a put, delete or check. */
export function toConditionExpressions(
  conditions: readonly Condition[] = [],
): Expressions & { readonly ConditionExpression?: string } {
  const placeholders = new Placeholders();
  const condition = conditionText(conditions, placeholders);
  return { ...(condition !== '' && { ConditionExpression: condition }), ...placeholders.toExpressions() };
}

/** An update and its conditions. */
export function toUpdateExpressions({
  set = {},
  add = {},
  remove = [],
  conditions = [],
}: UpdateAction): Expressions & { readonly UpdateExpression: string; readonly ConditionExpression?: string } {
  const placeholders = new Placeholders();
  const clauses: readonly [string, readonly string[]][] = [
    ['SET', Object.entries(set).map(([name, value]) => `${placeholders.name(name)} = ${placeholders.value(value)}`)],
    ['ADD', Object.entries(add).map(([name, value]) => `${placeholders.name(name)} ${placeholders.value(value)}`)],
    ['REMOVE', remove.map((name) => placeholders.name(name))],
  ];
  const update = clauses.filter(([, parts]) => parts.length > 0).map(([verb, parts]) => `${verb} ${parts.join(', ')}`);
  const condition = conditionText(conditions, placeholders);
  return {
    UpdateExpression: update.join(' '),
    ...(condition !== '' && { ConditionExpression: condition }),
    ...placeholders.toExpressions(),
  };
}

/** A partition and a range of its sort keys. */
export function toKeyConditionExpressions(
  pk: string,
  { from, to }: KeyRange,
): Expressions & { readonly KeyConditionExpression: string } {
  const placeholders = new Placeholders();
  const partition = `${placeholders.name('pk')} = ${placeholders.value(pk)}`;
  const range = rangeText(from, to, placeholders);
  return {
    KeyConditionExpression: range === undefined ? partition : `${partition} AND ${placeholders.name('sk')} ${range}`,
    ...placeholders.toExpressions(),
  };
}

function rangeText(from: string | undefined, to: string | undefined, placeholders: Placeholders): string | undefined {
  if (from !== undefined && to !== undefined) {
    return `BETWEEN ${placeholders.value(from)} AND ${placeholders.value(to)}`;
  }
  if (from !== undefined) return `>= ${placeholders.value(from)}`;
  if (to !== undefined) return `<= ${placeholders.value(to)}`;
  return undefined;
}

function conditionText(conditions: readonly Condition[], placeholders: Placeholders): string {
  return conditions.map((condition) => termOf(condition, placeholders)).join(' AND ');
}

function termOf(condition: Condition, placeholders: Placeholders): string {
  switch (condition.kind) {
    case 'exists':
      return `attribute_exists(${placeholders.name('pk')})`;
    case 'notExists':
      return `attribute_not_exists(${placeholders.name('pk')})`;
    case 'versionIs':
      return `${placeholders.name('version')} = ${placeholders.value(condition.version)}`;
    case 'absent':
      return `attribute_not_exists(${placeholders.name(condition.attribute)})`;
    case 'equals':
      return `${placeholders.name(condition.attribute)} = ${placeholders.value(condition.value)}`;
    case 'atMost':
      return `${placeholders.name(condition.attribute)} <= ${placeholders.value(condition.value)}`;
    case 'atLeast':
      return `${placeholders.name(condition.attribute)} >= ${placeholders.value(condition.value)}`;
  }
}
