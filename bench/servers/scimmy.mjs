// The peer: SCIMMY and its routers on express, over a Map with hand-written indexes, as its documentation has it. Kept in
// plain JavaScript, as most who use it would. It is given every advantage that costs nobody correctness: look-ups by
// userName, externalId and displayName are one step, nothing is written to a disk, and no etags are made.
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const [token] = process.argv.slice(2);

/** Resources by id, and by the attributes that clients look them up by. */
class Store {
  #resources = new Map();
  #indexes;

  constructor(...indexed) {
    this.#indexes = new Map(indexed.map((attribute) => [attribute.toLowerCase(), new Map()]));
  }

  read({ id, filter }) {
    if (id !== undefined) {
      const found = this.#resources.get(id);
      if (found === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
      return found;
    }
    if (filter === undefined) return [...this.#resources.values()];
    return this.#lookUp(filter) ?? filter.match([...this.#resources.values()]);
  }

  write({ id = randomUUID() }, instance) {
    const former = this.#resources.get(id);
    const now = new Date().toISOString();
    const resource = { ...instance, id, meta: { created: former?.meta.created ?? now, lastModified: now } };
    for (const [attribute, ids] of this.#indexes) {
      const [key, formerKey] = [keyOf(resource, attribute), keyOf(former, attribute)];
      if (key === formerKey) continue;
      if (key !== undefined && attribute === 'username' && ids.has(key)) {
        throw new SCIMMY.Types.Error(409, 'uniqueness', 'userName is already in use');
      }
      if (formerKey !== undefined) ids.delete(formerKey);
      if (key !== undefined) ids.set(key, id);
    }
    this.#resources.set(id, resource);
    return resource;
  }

  remove({ id }) {
    const former = this.read({ id });
    for (const [attribute, ids] of this.#indexes) ids.delete(keyOf(former, attribute));
    this.#resources.delete(id);
  }

  /** What `attribute eq "value"` finds, where the attribute is indexed. */
  #lookUp(filter) {
    const [expression, ...others] = filter;
    const [[attribute, comparison] = [], ...more] = Object.entries(expression ?? {});
    const ids = this.#indexes.get(attribute?.toLowerCase());
    if (ids === undefined || others.length + more.length > 0) return undefined;
    const [operator, value] = comparison;
    if (operator !== 'eq') return undefined;
    const found = this.#resources.get(ids.get(String(value).toLowerCase()));
    return found === undefined ? [] : [found];
  }
}

function keyOf(resource, attribute) {
  const name = Object.keys(resource ?? {}).find((key) => key.toLowerCase() === attribute);
  return name === undefined ? undefined : resource[name]?.toLowerCase();
}

function declare(type, store) {
  SCIMMY.Resources.declare(type)
    .ingress((resource, instance) => store.write(resource, instance))
    .egress((resource) => store.read(resource))
    .degress((resource) => store.remove(resource));
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
declare(SCIMMY.Resources.User, new Store('userName', 'externalId'));
declare(SCIMMY.Resources.Group, new Store('displayName'));

const app = express().disable('x-powered-by').disable('etag');
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('Unauthorized');
      return 'client';
    },
  }),
);
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/scim/v2` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
