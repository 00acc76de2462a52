import { readFile } from 'node:fs/promises';
import { runProcess } from './processes.ts';

/**
 * The most memory, in bytes, that a process has had so far. Where the system does not keep it (outside of Linux) it is
 * what the process has now: who asks often comes near.
 */
export async function readPeakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (status !== undefined) return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  const { stdout } = await runProcess('ps', ['-o', 'rss=', '-p', String(pid)], { timeoutSeconds: 10 });
  return Number(stdout.trim()) * 1_024;
}
