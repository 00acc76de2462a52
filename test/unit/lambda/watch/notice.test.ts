import { describe, expect, it } from 'vitest';
import { toNotice } from '../../../../lambda/watch/notice.ts';

const incident = (tenant: string) => ({
  tenant,
  application: 'entra',
  reason: 'silent',
  cause: 'no sync cycle since yesterday',
  since: '2026-11-02T08:00:00.000Z',
});

describe('toNotice', () => {
  it('names tenant, application, reason, cause and article', () => {
    const { subject, message } = toNotice([incident('acme')], 'https://runbook.example.com/');
    expect(subject).toBe('scim-stack: tenant acme is unhealthy');
    expect(message).toContain('acme / entra: silent\n  no sync cycle since yesterday\n');
    expect(message).toContain('https://runbook.example.com/#silent');
  });

  it('is one for all, with an end', () => {
    const { subject, message } = toNotice(
      Array.from({ length: 3_000 }, (_, n) => incident(`tenant-${n}`)),
      'docs/runbook.md',
    );
    expect(subject).toBe('scim-stack: 3000 tenants are unhealthy');
    expect(message).toContain('And 2950 more.');
    expect(Buffer.byteLength(message)).toBeLessThan(50_000);
  });

  it('has a subject that SNS takes, however long the name', () => {
    expect(toNotice([incident('x'.repeat(40))], 'r').subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});
