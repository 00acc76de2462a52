import { describe, expect, it } from 'vitest';
import { toAwsRegion } from '../../../../lib/config/deployment-config.ts';
import { parseDeploymentConfig } from '../../../../lib/config/read-config.ts';

const parse = (value: unknown) => parseDeploymentConfig('my.json', JSON.stringify(value));

describe('the deployment configuration', () => {
  it('has a default for everything', () => {
    expect(parse({})).toEqual({ name: 'scim-stack', regions: ['us'] });
  });

  it('takes regions by their short names and by their codes', () => {
    const { regions } = parse({ regions: ['us', 'de', 'jp', 'au', 'eu-west-3'] });
    expect(regions.map(toAwsRegion)).toEqual([
      'us-east-1',
      'eu-central-1',
      'ap-northeast-1',
      'ap-southeast-2',
      'eu-west-3',
    ]);
  });

  it('fails with every fault at once, naming file, key and what is wanted', () => {
    const fail = () => parse({ name: 'X', regions: ['mars'], surplus: 1 });
    expect(fail).toThrow('my.json is not a valid configuration');
    expect(fail).toThrow(/2-20 characters[\s\S]*name/);
    expect(fail).toThrow(/us, de, jp, au[\s\S]*"mars"/);
    expect(fail).toThrow(/surplus/);
  });

  it.each([{ regions: [] }, { regions: ['us', 'us-east-1'] }, { regions: ['__proto__'] }, { regions: [1] }, null])(
    'fails for %j',
    (value) => {
      expect(() => parse(value)).toThrow('my.json is not a valid configuration');
    },
  );

  it('fails for what is no JSON', () => {
    expect(() => parseDeploymentConfig('my.json', '{')).toThrow('my.json is not valid JSON');
  });
});
