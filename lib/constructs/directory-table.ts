import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * What every request does besides its own work: read its tenant's settings, schemas and indexes, and count itself in the
 * sync cycle of its application, which may close one cycle and open the next.
 */
const COUNTING = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:ConditionCheckItem',
] as const;

export interface DirectoryTableProps {
  /**
   * What happens to the table, and so to every user and tombstone, when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether DynamoDB refuses to delete the table, by whomever it is asked.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/**
 * The single table that holds tenants, users, groups, memberships, tombstones and journals. A global table of one
 * region, so that replicas can be added later without replacing it; no TTL, so that nothing goes unasked.
 *
 * @stateful
 */
export class DirectoryTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: DirectoryTableProps = {}) {
    super(scope, id);
    this.table = new TableV2(this, 'Resource', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // A key of the account's own: who reads the data is in CloudTrail, and no other account can be let in by mistake.
      encryption: TableEncryptionV2.awsManagedKey(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /**
   * Lets the grantee do what requests, the sweeper and the change feed do: read and write items, never scan and never touch
   * the table itself. A transaction needs the permissions of its actions and none of its own.
   */
  grantItems(grantee: IGrantable): Grant {
    return this.#grant(grantee, [...COUNTING, 'dynamodb:BatchGetItem', 'dynamodb:DeleteItem']);
  }

  /** Lets the grantee do no more than {@link COUNTING}. */
  grantCounting(grantee: IGrantable): Grant {
    return this.#grant(grantee, COUNTING);
  }

  /**
   * Lets the grantee look at resources in every way that a list is made, and do what every request does: it can delete
   * nothing.
   */
  grantSearching(grantee: IGrantable): Grant {
    return this.#grant(grantee, [...COUNTING, 'dynamodb:BatchGetItem']);
  }

  /** Lets the grantee read tenants and sync cycles, close the silent ones, and note what is unhealthy. */
  grantWatching(grantee: IGrantable): Grant {
    return this.#grant(grantee, [...COUNTING, 'dynamodb:DeleteItem']);
  }

  /** Lets the grantee follow the table's stream. @returns the stream's ARN */
  grantStream(grantee: IGrantable): string {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error('the table has no stream');
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      resourceArns: [tableStreamArn],
    });
    return tableStreamArn;
  }

  /** Lets the grantee read single items by their keys, and nothing else. */
  grantLookingUp(grantee: IGrantable): Grant {
    return this.#grant(grantee, ['dynamodb:GetItem']);
  }

  /** Lets the grantee note on an application which tokens it has, and that in the audit. */
  grantRotation(grantee: IGrantable): Grant {
    return this.#grant(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']);
  }

  #grant(grantee: IGrantable, actions: readonly string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [this.table.tableArn] });
  }
}
