import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port on which nothing listens.
 *
 * @param host - The address that it must be free on; undefined: all of them.
 */
export async function findFreePort(host?: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
