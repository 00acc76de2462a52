import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../../../lambda/observability/log.ts';

describe('describeFailure', () => {
  it('names what was thrown, and where, and its causes; never their messages', () => {
    const failure = new TypeError('ada@example.com\n    at ada@example.com', {
      cause: new RangeError('ada@example.com'),
    });
    const described = describeFailure(failure);
    expect(described).toMatchObject({ name: 'TypeError', cause: { name: 'RangeError' } });
    expect(JSON.stringify(described)).toContain('log.test.ts');
    expect(JSON.stringify(described)).not.toContain('ada@example.com');
  });

  it('keeps the id under which AWS knows the call', () => {
    const failure = Object.assign(new Error('x'), { $metadata: { requestId: 'AWS-1' } });
    expect(describeFailure(failure)).toMatchObject({ awsRequestId: 'AWS-1' });
  });

  it('takes whatever else was thrown, and causes that go round in circles', () => {
    expect(describeFailure('ada@example.com')).toEqual({ name: 'string' });
    const circular = new Error('x');
    circular.cause = circular;
    expect(JSON.stringify(describeFailure(circular))).toContain('"name":"Error"');
  });
});
