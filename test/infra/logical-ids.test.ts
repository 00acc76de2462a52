import { describe, expect, it } from 'vitest';
import { synthesise } from '../helpers/stacks.ts';

const directory = synthesise({ tenantUrl: 'https://scim.example.com/v2' });
const monitoring = synthesise({}, 'scim-stack-us-monitoring');

/**
 * CloudFormation knows a resource by its logical id. A table under another one is a new, empty table; an API under
 * another one has another address, which every customer has pasted. These may change in no release.
 */
describe('the logical ids that are contract', () => {
  it.each([
    ['AWS::DynamoDB::GlobalTable', 'DirectoryC00113A6', 'users, groups, tokens of applications, everything'],
    ['AWS::ApiGateway::RestApi', 'Api9AF3637B', 'the address of Tenant URLs without a domain'],
    ['AWS::ApiGateway::Stage', 'ApiDeploymentStageprodB1EF9523', 'the same'],
    ['AWS::ApiGateway::DomainName', 'DomainD0DC31D1', 'what DNS records point to'],
    [
      'AWS::CertificateManager::Certificate',
      'DomainCertificate6242C448',
      'is validated by hand where DNS is elsewhere',
    ],
  ])('of the directory: %s is %s (%s)', (type, logicalId) => {
    expect(directory.resources(type).map(([id]) => id)).toEqual([logicalId]);
  });

  it('of the monitoring: the topic, to which people have subscribed', () => {
    expect(monitoring.resources('AWS::SNS::Topic').map(([id]) => id)).toEqual(['AlarmsB3E93623']);
  });

  it('of the policies, which people have attached to roles', () => {
    expect(directory.resources('AWS::IAM::ManagedPolicy').map(([id]) => id)).toEqual([
      'ApplicationPolicyC937B1BA',
      'AdminPoliciesObserverA5DE8223',
      'AdminPoliciesOperator64668C6B',
      'AdminPoliciesAdministratorA6B20739',
    ]);
  });
});

/** Properties whose change makes CloudFormation replace a resource, whatever its logical id. */
describe('the properties that are contract', () => {
  it('are the keys of the table, its name and its local indexes', () => {
    const { KeySchema, AttributeDefinitions, TableName, LocalSecondaryIndexes } =
      directory.only('AWS::DynamoDB::GlobalTable');
    expect({ KeySchema, AttributeDefinitions, TableName, LocalSecondaryIndexes }).toEqual({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    });
  });

  it('are the names of stage, domain, topic and bus', () => {
    expect(directory.only('AWS::ApiGateway::Stage').StageName).toBe('prod');
    expect(directory.only('AWS::ApiGateway::DomainName').DomainName).toBe('scim.example.com');
    expect(monitoring.only('AWS::SNS::Topic').TopicName).toBeUndefined();
    // The vendor's rules name it.
    expect(directory.only('AWS::Events::EventBus').Name).toBe('scim-stack-us');
  });

  it('are the names of the secrets of tokens and webhooks, which are made at run time', () => {
    const prefixes = directory
      .resources('AWS::Lambda::Function')
      .flatMap(([, { Properties }]) => Properties.Environment.Variables.TOKEN_SECRET_PREFIX ?? []);
    expect(new Set(prefixes)).toEqual(new Set(['scim-stack-us/tokens/']));
    const ofWebhooks = directory
      .resources('AWS::Lambda::Function')
      .flatMap(([, { Properties }]) => Properties.Environment.Variables.WEBHOOK_SECRET_PREFIX ?? []);
    expect(new Set(ofWebhooks)).toEqual(new Set(['scim-stack-us/webhooks/']));
  });
});
