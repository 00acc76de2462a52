import type { DirectoryContext } from '../../directory/context.ts';
import { ACTORS } from '../../directory/context.ts';
import type { Decided, Which } from '../../directory/guard/decide.ts';
import { daysLeft } from '../../directory/guard/giving-up.ts';
import { type GuardStatus, listGuards, listHeld } from '../../directory/guard/list-held.ts';
import type { SortedItems } from '../../directory/guard/read-held.ts';
import { clearRejections, rejectHeld } from '../../directory/guard/reject.ts';
import { releaseHeld } from '../../directory/guard/release.ts';
import { limitOf } from '../../directory/guard/window.ts';
import { maskText } from '../../directory/log/mask.ts';
import { noSuchApplication } from '../../directory/operator/operation.ts';
import type { ResourceItem } from '../../directory/store/items.ts';
import type { AdminResponse } from '../contract/admin-api.ts';
import type { GuardAnswer, HeldAnswer } from '../contract/guard-routes.ts';
import type { AdminContext, AdminHandlers } from './admin-request.ts';

/** What operators do about the guard against mass deprovisioning. */
export const guardHandlers = {
  listGuards: async ({ context, path: { tenant } }) => {
    const guards = await listGuards(await context.openDirectory(tenant));
    return { guards: guards.map((status) => toGuard(status, context.now())) };
  },
  listHeld: async ({ context, path: { tenant, application }, query: { after } }) => {
    const { held, rejections, next } = await listHeld(await open(context, tenant, application), after);
    return { held: [...held.map(toHeld), ...rejections.map(toRejection)], ...(next === undefined ? {} : { next }) };
  },
  releaseHeld: async ({ context, path: { tenant, application }, body }) =>
    toAnswer(await releaseHeld(context, await open(context, tenant, application), toWhich(body))),
  rejectHeld: async ({ context, path: { tenant, application }, body }) =>
    toAnswer(await rejectHeld(context, await open(context, tenant, application), toWhich(body))),
  clearRejections: async ({ context, path: { tenant, application }, body }) =>
    toAnswer(await clearRejections(context, await open(context, tenant, application), toWhich(body))),
} as const satisfies Partial<AdminHandlers>;

/** The directory as that application has it. */
async function open(context: AdminContext, tenant: string, application: string): Promise<DirectoryContext> {
  const directory = await context.openDirectory(tenant);
  const isKnown = directory.tenant.applications.has(application) || application === ACTORS.lifecycle;
  if (!isKnown) throw noSuchApplication(tenant, application);
  return { ...directory, application };
}

type Body = { readonly id: string } | { readonly all: true; readonly after?: string | undefined };

function toWhich(body: Body): Which {
  return 'id' in body ? body : { all: true, after: body.after };
}

function toAnswer({ decided, failed, unkept, next }: Decided): AdminResponse<'releaseHeld'> {
  return { decided, failed: [...failed], unkept: [...unkept], ...(next === undefined ? {} : { next }) };
}

function toGuard({ application, settings, counted, base, item, holds }: GuardStatus, now: Date): GuardAnswer {
  const { tripped, rejectedAt } = item ?? {};
  return {
    application,
    ...settings,
    counted,
    limit: { users: limitOf(settings, base.users), memberships: limitOf(settings, base.memberships) },
    base,
    holds,
    ...(tripped === undefined
      ? {}
      : {
          tripped: {
            at: tripped.at,
            mode: tripped.mode,
            what: tripped.what,
            counted: tripped.counted,
            limit: tripped.limit,
            daysLeft: daysLeft(tripped.at, now),
          },
        }),
    ...(rejectedAt === undefined ? {} : { rejectedAt }),
  };
}

function toHeld({ request, mark, resource }: SortedItems['held'][number]): HeldAnswer {
  const { type, id, method, users, memberships, body } = request;
  const kept = method === 'DELETE' || body !== undefined;
  return { ...{ type, id, method, users, memberships, kept }, since: mark.since, ...toName(type, resource) };
}

function toRejection({ rejection, resource }: SortedItems['rejections'][number]): HeldAnswer {
  const { type, id, method, since, users, memberships, rejectedAt } = rejection;
  return { ...{ type, id, method, since, users, memberships, rejectedAt }, kept: true, ...toName(type, resource) };
}

function toName(type: HeldAnswer['type'], resource: ResourceItem | undefined): { readonly name?: string } {
  const name = resource?.attributes[type === 'User' ? 'userName' : 'displayName'];
  if (typeof name !== 'string') return {};
  return { name: type === 'User' ? maskText(name) : name };
}
