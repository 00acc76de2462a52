import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext } from '../context.ts';
import type { Key } from '../store/item-table.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { auditAction } from './audit.ts';
import { checkLookups, lookupParts, nameOf } from './check/check-lookups.ts';
import { checkOwned } from './check/check-ownerships.ts';
import { checkBucket } from './check/check-resources.ts';
import { checkJournals, checkMemberships, checkTombstones } from './check/check-rest.ts';
import type { Look, Problem } from './check/problem.ts';
import { type Cursor, parseCursor, toCursor } from './cursor.ts';
import type { OperatorContext } from './operation.ts';

/** A problem, and what became of it. */
export interface CheckedFinding {
  readonly key: Key;
  readonly problem: string;
  readonly repaired: boolean;
}

export interface CheckReport {
  /** Items that were looked at. */
  readonly checked: number;
  readonly findings: CheckedFinding[];
  /** Where to go on; undefined once everything was looked at. */
  readonly next?: string;
}

export interface CheckOptions {
  readonly repair: boolean;
  /** The `next` of the report before. */
  readonly after?: string | undefined;
}

/** Left for the answer, once the time of a call is over. */
const RESERVE_MILLIS = 8_000;
/** Findings of one report; more than that is for the next. */
const MAX_FINDINGS = 500;

interface Part {
  readonly name: string;
  look(after: string | undefined): Promise<Look>;
}

/**
 * Checks what the transactions keep true of a tenant (docs/data-model.md, "What always holds") while it is served, a
 * stretch at each call. What may just be under way is looked at twice. With `repair`, what can be mended is.
 *
 * @throws OperationRefusedError `invalid` where `after` is no such position
 */
export async function checkTenant(
  operator: OperatorContext & { readonly remainingMs: () => number },
  context: DirectoryContext,
  { repair, after }: CheckOptions,
): Promise<CheckReport> {
  const parts = partsOf(context);
  const position = parseCursor(
    after,
    parts.map(({ name }) => name),
  );
  const repairer = new Repairer(operator, context.tenant.name);
  const report = await checkParts(operator, parts, position, async ({ key, problem, ...rest }) =>
    repair ? await repairer.settle({ key, problem, ...rest }) : { key, problem, repaired: false },
  );
  await repairer.finish();
  return report;
}

async function checkParts(
  operator: { readonly remainingMs: () => number },
  parts: readonly Part[],
  position: Cursor | undefined,
  settle: (problem: Problem) => Promise<CheckedFinding>,
): Promise<CheckReport> {
  const findings: CheckedFinding[] = [];
  let checked = 0;
  let from = position?.after;
  const start = position === undefined ? 0 : parts.findIndex(({ name }) => name === position.stage);
  for (const part of parts.slice(start)) {
    do {
      if (operator.remainingMs() < RESERVE_MILLIS || findings.length >= MAX_FINDINGS) {
        return { checked, findings, next: toCursor({ stage: part.name, after: from }) };
      }
      const look = await lookTwice(part, from);
      checked += look.checked;
      for (const problem of look.problems) findings.push(await settle(problem));
      from = look.next;
    } while (from !== undefined);
  }
  return { checked, findings };
}

function partsOf(context: DirectoryContext): readonly Part[] {
  const bucketsOf = (type: ResourceTypeName) =>
    Array.from({ length: 256 }, (_, n): Part => {
      const prefix = n.toString(16).padStart(2, '0');
      return { name: `${type} ${prefix}`, look: () => checkBucket(context, type, prefix) };
    });
  return [
    ...bucketsOf('User'),
    ...bucketsOf('Group'),
    { name: 'memberships', look: (after) => checkMemberships(context, after) },
    { name: 'ownerships', look: (after) => checkOwned(context, after) },
    { name: 'tombstones User', look: (after) => checkTombstones(context, 'User', after) },
    { name: 'tombstones Group', look: (after) => checkTombstones(context, 'Group', after) },
    ...lookupParts(context).map(
      (part): Part => ({ name: nameOf(part), look: (after) => checkLookups(context, part, after) }),
    ),
    { name: 'journals', look: () => checkJournals(context) },
  ];
}

/** A commit that is under way may be seen half: what is gone at the second look was none. */
async function lookTwice(part: Part, after: string | undefined): Promise<Look> {
  const first = await part.look(after);
  if (first.problems.length === 0) return first;
  const known = new Set(first.problems.map(toText));
  const second = await part.look(after);
  return { ...first, problems: second.problems.filter((problem) => known.has(toText(problem))) };
}

function toText({ key, problem }: Problem): string {
  return `${key.pk}\n${key.sk}\n${problem}`;
}

/** Mends what can be, and records once a call that it did, and how much: keys hold names and addresses. */
class Repairer {
  readonly #operator: OperatorContext;
  readonly #tenant: string;
  readonly #counts: Record<string, number> = {};
  #record: Key | undefined;

  constructor(operator: OperatorContext, tenant: string) {
    this.#operator = operator;
    this.#tenant = tenant;
  }

  async settle({ key, problem, repair }: Problem): Promise<CheckedFinding> {
    if (repair === undefined) return { key, problem, repaired: false };
    await this.#beginRecord();
    try {
      await this.#operator.table.write(repair);
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      return { key, problem, repaired: false };
    }
    const partition = key.pk.split('#')[2] ?? key.pk;
    this.#counts[partition] = (this.#counts[partition] ?? 0) + 1;
    return { key, problem, repaired: true };
  }

  async finish(): Promise<void> {
    if (this.#record === undefined) return;
    const after = { repaired: { ...this.#counts } };
    await this.#operator.table.writeOne({ kind: 'update', key: this.#record, set: { after } });
  }

  async #beginRecord(): Promise<void> {
    if (this.#record !== undefined) return;
    const action = auditAction(this.#operator, { action: 'tenants.repair', tenant: this.#tenant });
    await this.#operator.table.writeOne(action);
    this.#record = { pk: action.item.pk, sk: action.item.sk };
  }
}
