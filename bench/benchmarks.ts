import type { Benchmark } from './benchmark.ts';
import { batchesBenchmark } from './benchmarks/batches.ts';
import { bundlesBenchmark } from './benchmarks/bundles.ts';
import { dynamodbBenchmark } from './benchmarks/dynamodb.ts';
import { filterBenchmark } from './benchmarks/filter.ts';
import { fullImportBenchmark } from './benchmarks/full-import.ts';
import { growthBenchmark } from './benchmarks/growth.ts';
import { memoryBenchmark } from './benchmarks/memory.ts';
import { parallelBenchmark } from './benchmarks/parallel.ts';
import { patchBenchmark } from './benchmarks/patch.ts';
import { replayBenchmark } from './benchmarks/replay.ts';
import { scanBenchmark } from './benchmarks/scan.ts';

/** In the order in which they run and are reported. */
export const benchmarks: readonly Benchmark[] = [
  filterBenchmark,
  patchBenchmark,
  replayBenchmark,
  dynamodbBenchmark,
  batchesBenchmark,
  growthBenchmark,
  fullImportBenchmark,
  scanBenchmark,
  parallelBenchmark,
  memoryBenchmark,
  bundlesBenchmark,
];
