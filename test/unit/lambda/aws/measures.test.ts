import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { createRequestMeasure, createSweepMeasure } from '../../../../lambda/aws/measures.ts';

/** Powertools' metrics, whose output is kept instead of printed. */
class KeptMetrics extends Metrics {
  readonly kept: unknown[] = [];

  override publishStoredMetrics(): this {
    this.kept.push(this.serializeMetrics());
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }
}

const metrics = () => new KeptMetrics({ namespace: 'ScimStack', serviceName: 'scim' });

describe('request metrics', () => {
  it.each([
    [200, 0, 0],
    [404, 1, 0],
    [500, 0, 1],
    [501, 0, 0],
    [503, 0, 1],
  ])(
    'count an answer of %i as client error %i times, as server error %i times',
    (status, clientErrors, serverErrors) => {
      const kept = metrics();
      createRequestMeasure(kept)({ route: 'Users/{id}', status, durationMs: 12 });
      expect(kept.kept).toMatchObject([
        { route: 'Users/{id}', Requests: 1, ClientErrors: clientErrors, ServerErrors: serverErrors, LatencyMillis: 12 },
      ]);
    },
  );

  it('have no dimension but service and route', () => {
    const kept = metrics();
    createRequestMeasure(kept)({ route: 'Users', status: 200, durationMs: 1 });
    expect(kept.kept).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [['service', 'route']] }] } }]);
  });
});

describe('sweep metrics', () => {
  it('are one an outcome', () => {
    const kept = metrics();
    createSweepMeasure(kept)({ finished: 2, voided: 0 });
    expect(kept.kept).toMatchObject([{ 'Sweep.finished': 2, 'Sweep.voided': 0 }]);
  });
});
