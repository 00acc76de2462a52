import { Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { gatewayAnswers } from '../../lambda/contract/gateway-responses.ts';
import { ADMIN_PATH, APPLICATION_PATH } from '../../lambda/contract/tenant-url.ts';
import {
  allowListRule,
  managedRules,
  pathBeginsWith,
  RATE_RULE,
  rateRule,
  TOO_MANY_REQUESTS,
  visibilityOf,
} from './firewall-rules.ts';

export interface ApiFirewallProps {
  /** What stands behind the firewall. */
  readonly stage: Stage;

  /** Requests that one address may send in five minutes. */
  readonly requestsPerFiveMinutes: number;

  /**
   * Address ranges from which provisioning is allowed.
   *
   * @default - all
   */
  readonly identityProviderAddresses?: readonly string[];

  /**
   * Address ranges from which the admin API may be called.
   *
   * @default - all
   */
  readonly operatorAddresses?: readonly string[];
}

/** AWS WAF before the API. What it refuses by AWS's rules is answered by the API's gateway response WAF_FILTERED. */
export class ApiFirewall extends Construct {
  /** Of the metrics that AWS WAF writes of the rate rule. */
  readonly rateRuleDimensions: Readonly<Record<'WebACL' | 'Rule' | 'Region', string>>;

  constructor(scope: Construct, id: string, props: ApiFirewallProps) {
    super(scope, id);
    // The stack's name keeps the metrics of two deployments in one account apart.
    const { stackName: metricName, region } = Stack.of(this);
    const acl = new CfnWebACL(this, 'Resource', {
      description: 'Before the SCIM API: limits by address, and rules of AWS that let every body of SCIM pass',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      customResponseBodies: {
        [TOO_MANY_REQUESTS]: {
          contentType: 'APPLICATION_JSON',
          content: JSON.stringify(gatewayAnswers.THROTTLED.body),
        },
      },
      visibilityConfig: visibilityOf(metricName),
      rules: [...this.#allowLists(props), rateRule(10, props.requestsPerFiveMinutes), ...managedRules(20)],
    });
    this.rateRuleDimensions = { WebACL: metricName, Rule: RATE_RULE, Region: region };
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: props.stage.stageArn,
      webAclArn: acl.attrArn,
    });
  }

  #allowLists({ stage, identityProviderAddresses = [], operatorAddresses = [] }: ApiFirewallProps) {
    // With the stage on API Gateway's own host name, without it on a domain of one's own.
    const below = (path: string) => [`/${path}/`, `/${stage.stageName}/${path}/`];
    const admin = pathBeginsWith(below(ADMIN_PATH));
    // Nor the application's, whose requests are signed, and come from where the vendor's backend runs.
    const signed = pathBeginsWith([...below(ADMIN_PATH), ...below(APPLICATION_PATH)]);
    const other = { notStatement: { statement: signed } };
    return [
      ...this.#allowList('Operators', 0, admin, operatorAddresses),
      ...this.#allowList('IdentityProviders', 1, other, identityProviderAddresses),
    ];
  }

  #allowList(name: string, priority: number, applies: CfnWebACL.StatementProperty, addresses: readonly string[]) {
    if (addresses.length === 0) return [];
    const isIpv6 = (address: string) => address.includes(':');
    const sets = [
      this.#addressSet(
        `${name}Ipv4`,
        'IPV4',
        addresses.filter((address) => !isIpv6(address)),
      ),
      this.#addressSet(`${name}Ipv6`, 'IPV6', addresses.filter(isIpv6)),
    ];
    return [
      allowListRule(
        name,
        priority,
        applies,
        sets.flatMap((set) => set?.attrArn ?? []),
      ),
    ];
  }

  #addressSet(id: string, ipAddressVersion: 'IPV4' | 'IPV6', addresses: string[]): CfnIPSet | undefined {
    if (addresses.length === 0) return undefined;
    return new CfnIPSet(this, id, { scope: 'REGIONAL', ipAddressVersion, addresses });
  }
}
