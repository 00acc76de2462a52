import { describe, expect, it } from 'vitest';
import { type StackTemplate, synthesise, toText } from '../helpers/stacks.ts';

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: object;
  readonly Statement: {
    readonly ManagedRuleGroupStatement?: {
      readonly RuleActionOverrides: readonly { Name: string; ActionToUse: object }[];
    };
  };
  readonly VisibilityConfig: { readonly SampledRequestsEnabled: boolean };
}

const rulesOf = (stack: StackTemplate): readonly Rule[] => stack.only('AWS::WAFv2::WebACL').Rules;
const namesOf = (stack: StackTemplate) => rulesOf(stack).map(({ Name }) => Name);

/** The rules of AWS's sets that look where SCIM's texts are, or want what its clients do not send. */
const WOULD_REFUSE_SCIM = [
  'NoUserAgent_HEADER',
  'SizeRestrictions_BODY',
  'SizeRestrictions_QUERYSTRING',
  'CrossSiteScripting_BODY',
  'CrossSiteScripting_QUERYARGUMENTS',
  'GenericLFI_BODY',
  'GenericLFI_QUERYARGUMENTS',
  'GenericRFI_BODY',
  'GenericRFI_QUERYARGUMENTS',
  'EC2MetaDataSSRF_BODY',
  'EC2MetaDataSSRF_QUERYARGUMENTS',
  'RestrictedExtensions_QUERYARGUMENTS',
  'Log4JRCE_BODY',
  'Log4JRCE_QUERYSTRING',
  'JavaDeserializationRCE_BODY',
  'JavaDeserializationRCE_QUERYSTRING',
];

/** A statement as a text: what it asks of a request. */
function describeStatement(statement: object): string {
  const [[kind, content] = ['', {}]] = Object.entries(statement);
  switch (kind) {
    case 'AndStatement':
      return `(${content.Statements.map(describeStatement).join(' and ')})`;
    case 'OrStatement':
      return `(${content.Statements.map(describeStatement).join(' or ')})`;
    case 'NotStatement':
      return `not ${describeStatement(content.Statement)}`;
    case 'ByteMatchStatement':
      return content.PositionalConstraint === 'STARTS_WITH' ? `${toText(content.SearchString)}…` : '?';
    case 'IPSetReferenceStatement':
      return 'listed';
    default:
      return `? ${kind}`;
  }
}

describe('the firewall', () => {
  const stack = synthesise();

  it('stands before the stage, and lets pass what no rule refuses', () => {
    expect(stack.only('AWS::WAFv2::WebACL')).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(JSON.stringify(stack.only('AWS::WAFv2::WebACLAssociation').ResourceArn)).toContain('/stages/');
    expect(namesOf(stack)).toEqual(['Rate', 'AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet']);
  });

  it('only counts what looks into bodies and queries, or wants a User-Agent', () => {
    const overrides = rulesOf(stack).flatMap(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );
    expect(overrides.map(({ Name }) => Name).sort()).toEqual([...WOULD_REFUSE_SCIM].sort());
    for (const { ActionToUse } of overrides) expect(ActionToUse).toEqual({ Count: {} });
  });

  it('keeps no sample of a request, in which a person may stand', () => {
    for (const { VisibilityConfig } of rulesOf(stack)) expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
  });

  it('answers 429 with Retry-After to an address that sends too much, but not to ten tenants behind one address', () => {
    const limitOf = (of: StackTemplate) => rulesOf(of).find(({ Name }) => Name === 'Rate');
    expect(limitOf(stack)).toMatchObject({
      Statement: { RateBasedStatement: { Limit: 150_000, EvaluationWindowSec: 300, AggregateKeyType: 'IP' } },
      Action: {
        Block: { CustomResponse: { ResponseCode: 429, ResponseHeaders: [{ Name: 'Retry-After', Value: '60' }] } },
      },
    });
    const body = Object.values(stack.only('AWS::WAFv2::WebACL').CustomResponseBodies);
    expect(body).toMatchObject([{ Content: expect.stringContaining('urn:ietf:params:scim:api:messages:2.0:Error') }]);
    expect(() => synthesise({ waf: { requestsPerFiveMinutes: 74_999 } })).toThrow('75000 at least');
  });

  it('can be switched off', () => {
    const without = synthesise({ waf: { enabled: false } });
    for (const type of ['WebACL', 'WebACLAssociation']) expect(without.resources(`AWS::WAFv2::${type}`)).toEqual([]);
  });
});

describe('its allow-lists', () => {
  it('keep operators and identity providers apart by the path, of either kind of address', () => {
    const stack = synthesise({
      waf: { operatorAddresses: ['198.51.100.0/24', '2001:db8::/32'], identityProviderAddresses: ['203.0.113.0/24'] },
    });
    const sets = stack.resources('AWS::WAFv2::IPSet').map(([, { Properties }]) => Properties);
    expect(sets.map(({ IPAddressVersion, Addresses }) => [IPAddressVersion, Addresses])).toEqual([
      ['IPV4', ['198.51.100.0/24']],
      ['IPV6', ['2001:db8::/32']],
      ['IPV4', ['203.0.113.0/24']],
    ]);
    const lists = rulesOf(stack).filter(({ Name }) => ['Operators', 'IdentityProviders'].includes(Name));
    expect(lists.map(({ Name, Action, Statement }) => [Name, Action, describeStatement(Statement)])).toEqual([
      [
        'Operators',
        { Block: {} },
        '((/admin/… or /<ApiDeploymentStageprodB1EF9523>/admin/…) and not listed and not listed)',
      ],
      [
        'IdentityProviders',
        { Block: {} },
        '(not (/admin/… or /<ApiDeploymentStageprodB1EF9523>/admin/… or /application/… or /<ApiDeploymentStageprodB1EF9523>/application/…) and not listed)',
      ],
    ]);
  });

  it('are not there where nobody is listed', () => {
    expect(namesOf(synthesise({ waf: { operatorAddresses: ['198.51.100.0/24'] } }))).toContain('Operators');
    expect(namesOf(synthesise())).not.toContain('Operators');
  });
});
