import * as z from 'zod';
import type { AdminClient } from '../admin/admin-client.ts';
import { CliError } from '../failure.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the text is the id of a resource rather than a name. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

const FoundSchema = z.object({ Resources: z.array(z.object({ id: z.string() })).default([]) });

/** The id of the user who is called so now, or has that id. @throws {@link CliError} where there is none. */
export async function findUserId(api: AdminClient, tenant: string, idOrUserName: string): Promise<string> {
  if (isId(idOrUserName)) return idOrUserName.toLowerCase();
  const filter = `userName eq ${JSON.stringify(idOrUserName)}`;
  const answer = await api.call('listUsers', { path: { tenant }, query: { filter } });
  const [first] = FoundSchema.parse(answer).Resources;
  if (first !== undefined) return first.id;
  throw new CliError(`${tenant} has no user whose userName is ${JSON.stringify(idOrUserName)}`);
}
