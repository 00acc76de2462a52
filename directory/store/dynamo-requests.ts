import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { toAttributeValues, toKeyValues } from './attribute-values.ts';
import { toConditionExpressions, toUpdateExpressions } from './dynamo-expressions.ts';
import type { Action, CheckAction, DeleteAction, PutAction, UpdateAction } from './item-table.ts';

/** Every refusal hands back the old item. */
const WITH_OLD_ITEM = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** One action of a transaction, as the SDK takes it. */
export function toTransactItem(action: Action, tableName: string): TransactWriteItem {
  switch (action.kind) {
    case 'put':
      return { Put: toPutInput(action, tableName) };
    case 'delete':
      return { Delete: toDeleteInput(action, tableName) };
    case 'update':
      return { Update: toUpdateInput(action, tableName) };
    case 'check':
      return { ConditionCheck: toCheckInput(action, tableName) };
  }
}

export function toPutInput({ item, conditions }: PutAction, tableName: string) {
  return {
    TableName: tableName,
    Item: toAttributeValues(item),
    ...toConditionExpressions(conditions),
    ...WITH_OLD_ITEM,
  };
}

export function toDeleteInput({ key, conditions }: DeleteAction, tableName: string) {
  return { TableName: tableName, Key: toKeyValues(key), ...toConditionExpressions(conditions), ...WITH_OLD_ITEM };
}

export function toUpdateInput(action: UpdateAction, tableName: string) {
  return { TableName: tableName, Key: toKeyValues(action.key), ...toUpdateExpressions(action), ...WITH_OLD_ITEM };
}

function toCheckInput({ key, conditions }: CheckAction, tableName: string) {
  const { ConditionExpression = '', ...expressions } = toConditionExpressions(conditions);
  return { TableName: tableName, Key: toKeyValues(key), ConditionExpression, ...expressions, ...WITH_OLD_ITEM };
}
