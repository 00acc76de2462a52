import { describe, expect, it } from 'vitest';
import { synthesise } from '../helpers/stacks.ts';

describe('a host name in a hosted zone', () => {
  it('gets its records made, for both kinds of address', () => {
    const stack = synthesise({
      tenantUrl: 'https://scim.example.com/{tenant}/v2',
      domain: { hostedZone: { id: 'Z1', name: 'example.com' } },
    });
    const records = stack.resources('AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);
    expect(records.map(({ Name, Type, HostedZoneId }) => [Name, Type, HostedZoneId])).toEqual([
      ['scim.example.com.', 'A', 'Z1'],
      ['scim.example.com.', 'AAAA', 'Z1'],
    ]);
    for (const { AliasTarget } of records) {
      expect(AliasTarget.DNSName).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Domain/), 'RegionalDomainName'] });
    }
    expect(stack.outputOf('RecordToMake')).toBeUndefined();
    expect([...stack.methodsByPath().keys()]).toContain('/{tenant}/v2/Users/{id}');
  });

  it('may be the whole Tenant URL', () => {
    const stack = synthesise({ tenantUrl: 'https://scim.example.com' });
    expect([...stack.methodsByPath().keys()]).toEqual(
      expect.arrayContaining(['/Users', '/{proxy+}', '/admin/{proxy+}']),
    );
  });
});
