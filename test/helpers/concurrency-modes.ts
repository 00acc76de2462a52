import type { AdversarialMode } from './adversarial-table.ts';
import { tableKind } from './tables.ts';

/**
 * How the table behaves in the tests of concurrency: no emulator of DynamoDB ever reports a conflict or a torn read; the
 * adversarial modes of the SQLite table do.
 */
export function concurrencyModes(few: number, many: number): readonly (AdversarialMode | { readonly kind: 'plain' })[] {
  if (tableKind === 'dynamodb') return [{ kind: 'plain' }];
  return [
    { kind: 'plain' },
    { kind: 'overlap' },
    { kind: 'torn' },
    { kind: 'chaos', seed: few, rate: 0.1 },
    { kind: 'chaos', seed: many, rate: 0.3 },
  ];
}
