import type * as z from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const WRONG_ALTERNATIVE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_format']);

/** All that is wrong with a configuration: a line for each fault, with its key. */
export function describeFaults(issues: readonly Issue[]): string {
  return issues.flatMap((issue) => toLines(issue, [])).join('\n');
}

function toLines(issue: Issue, parent: Path): readonly string[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = findMeant(issue.errors);
    if (meant !== undefined) return meant.flatMap((nested) => toLines(nested, path));
  }
  return [`- ${toKey(path)}: ${issue.message}`];
}

/** The alternative that was meant: the one whose own type is right, and whose faults lie deeper. */
function findMeant(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return alternatives.find(
    (issues) => !issues.some(({ code, path }) => WRONG_ALTERNATIVE.has(code) && path.length === 0),
  );
}

function toKey(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
