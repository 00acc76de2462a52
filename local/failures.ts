/** One line that says why the local run cannot start, and what to do. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return `scim-stack cannot run: ${String(error)}`;
  const { code, address, port } = systemPartsOf(error);
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program: end that, or start with -- --port 0 for a free one.`;
    case 'EACCES':
      return port === undefined ? error.message : `Port ${port} may not be opened by this user: try one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${address ?? 'The host'} is no address of this machine: see --host.`;
    case 'ECONNREFUSED':
      return 'Nothing answers at the address given with --dynamodb.';
    default:
      return `scim-stack cannot run: ${error.message}`;
  }
}

/** What Node adds to the errors of the system. */
function systemPartsOf(error: Error): { readonly code: unknown; readonly address: unknown; readonly port: unknown } {
  return {
    code: Reflect.get(error, 'code'),
    address: Reflect.get(error, 'address'),
    port: Reflect.get(error, 'port'),
  };
}
