import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

type Rule = CfnWebACL.RuleProperty;
type Statement = CfnWebACL.StatementProperty;

/** Name of the rule that counts by address. */
export const RATE_RULE = 'Rate';

/** Name of the body that an address gets that sends too much. */
export const TOO_MANY_REQUESTS = 'too-many-requests';

/**
 * AWS's rules that look into bodies and query values, at sizes, or for a `User-Agent`. They only count here: a resource
 * may hold any text (a title `<script>`, a URL, 100 KB of members), a filter quotes such texts, Entra's connection test
 * has no `User-Agent`, and an identity provider that is answered 403 for one object stops provisioning all of them.
 */
const countedRules = {
  AWSManagedRulesCommonRuleSet: [
    'NoUserAgent_HEADER',
    'SizeRestrictions_QUERYSTRING',
    'SizeRestrictions_BODY',
    'EC2MetaDataSSRF_BODY',
    'EC2MetaDataSSRF_QUERYARGUMENTS',
    'GenericLFI_QUERYARGUMENTS',
    'GenericLFI_BODY',
    'RestrictedExtensions_QUERYARGUMENTS',
    'GenericRFI_QUERYARGUMENTS',
    'GenericRFI_BODY',
    'CrossSiteScripting_QUERYARGUMENTS',
    'CrossSiteScripting_BODY',
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [
    'JavaDeserializationRCE_BODY',
    'JavaDeserializationRCE_QUERYSTRING',
    'Log4JRCE_QUERYSTRING',
    'Log4JRCE_BODY',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** AWS's own rule sets, without what would refuse a request of SCIM. */
export function managedRules(firstPriority: number): readonly Rule[] {
  return Object.entries(countedRules).map(([name, counted], i) => ({
    name,
    priority: firstPriority + i,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibilityOf(name),
  }));
}

/** Answers 429 to an address that sends more than so many requests in five minutes. */
export function rateRule(priority: number, requestsPerFiveMinutes: number): Rule {
  return {
    name: RATE_RULE,
    priority,
    statement: {
      rateBasedStatement: { limit: requestsPerFiveMinutes, evaluationWindowSec: 300, aggregateKeyType: 'IP' },
    },
    action: {
      block: {
        customResponse: {
          responseCode: 429,
          customResponseBodyKey: TOO_MANY_REQUESTS,
          responseHeaders: [{ name: 'Retry-After', value: '60' }],
        },
      },
    },
    visibilityConfig: visibilityOf(RATE_RULE),
  };
}

/** Refuses requests that fall under a statement, from every address that is in none of the sets. */
export function allowListRule(
  name: string,
  priority: number,
  applies: Statement,
  addressSetArns: readonly string[],
): Rule {
  const listed = addressSetArns.map(
    (arn): Statement => ({ notStatement: { statement: { ipSetReferenceStatement: { arn } } } }),
  );
  return {
    name,
    priority,
    statement: { andStatement: { statements: [applies, ...listed] } },
    action: { block: {} },
    visibilityConfig: visibilityOf(name),
  };
}

/** Whether a request's path begins in one of these ways. */
export function pathBeginsWith(prefixes: readonly string[]): Statement {
  const statements = prefixes.map(
    (searchString): Statement => ({
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString,
        // As whoever answers reads it, or %61dmin would pass for another path.
        textTransformations: [{ priority: 0, type: 'URL_DECODE' }],
      },
    }),
  );
  return { orStatement: { statements } };
}

/** No sampled requests: AWS would keep paths and queries of them, in which names and addresses stand. */
export function visibilityOf(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
