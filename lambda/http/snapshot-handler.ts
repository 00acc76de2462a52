import type { APIGatewayProxyResult } from 'aws-lambda';
import { type ExportedLine, exportTenant } from '../../directory/operator/export-tenant.ts';
import { OperationRefusedError } from '../../directory/operator/operation.ts';
import { invalidValue } from '../../scim/errors.ts';
import type { ScimRequest } from './request.ts';
import { textResponse } from './responses.ts';

/**
 * A page of everything that a consumer of events begins with, as JSON lines: users and groups as SCIM has them, members
 * one by one, and of what is deleted no more than its id; each up to a sequence number of the events. The last line says where the next page begins, or that
 * it was the last page; without it the page is not whole.
 */
export async function getSnapshot({ directory, query }: ScimRequest): Promise<APIGatewayProxyResult> {
  const { lines, next } = await readPage(() => exportTenant(directory, query('after')));
  const last = next === undefined ? { kind: 'end' } : { kind: 'more', after: next };
  const text = [...lines.flatMap(toLine), last].map((line) => `${JSON.stringify(line)}\n`).join('');
  return textResponse(200, text, { 'content-type': 'application/x-ndjson' });
}

/** What the operators' export has beside people and groups is the operators'. */
function toLine(line: ExportedLine): readonly object[] {
  switch (line.kind) {
    case 'user':
    case 'group':
    case 'membership':
      return [line];
    case 'deletedUser':
    case 'deletedGroup': {
      const { kind, sequence, deletedAt, resource } = line;
      return [{ kind, sequence, id: resource['id'], deletedAt }];
    }
    case 'tenant':
    case 'application':
    case 'schema':
    case 'index':
    case 'policy':
    case 'owners':
    case 'ownership':
      return [];
  }
}

async function readPage<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OperationRefusedError)) throw error;
    throw invalidValue('after is not where a page of this snapshot ended: begin without it');
  }
}
