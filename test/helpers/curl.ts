import { parseArgs } from 'node:util';
import { runProcess } from './processes.ts';

/** A request as a curl line describes it. */
export interface CurlRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/**
 * Reads what the shell makes of a piece of shell text with one curl line in it, without needing curl on the machine.
 *
 * @param env - Variables that the text may use.
 * @throws where the text is not one curl line, or has an option that is not known here.
 */
export async function parseCurl(text: string, env: NodeJS.ProcessEnv = {}): Promise<CurlRequest> {
  // The shell itself splits and unquotes; every argument comes back with a NUL behind it.
  const script = `curl() { for argument in "$@"; do printf '%s\\0' "$argument"; done; }\n${text}`;
  const { status, stdout, stderr } = await runProcess('sh', ['-euc', script], { env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`the shell does not take it: ${stderr}`);
  const { values, positionals } = parseArgs({
    args: stdout.split('\0').slice(0, -1),
    allowPositionals: true,
    options: {
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      'data-urlencode': { type: 'string', multiple: true, default: [] },
      get: { type: 'boolean', short: 'G', default: false },
      silent: { type: 'boolean', short: 's' },
      'show-error': { type: 'boolean', short: 'S' },
      include: { type: 'boolean', short: 'i' },
    },
  });
  const [address] = positionals;
  if (address === undefined || positionals.length > 1) throw new Error(`not one address: ${positionals.join(' ')}`);
  const headers = new Headers(values.header.map(toHeader));
  const data = [...(values.data === undefined ? [] : [values.data]), ...values['data-urlencode'].map(encode)].join('&');
  const url = values.get && data !== '' ? `${address}?${data}` : address;
  const body = values.get || data === '' ? undefined : data;
  // curl's own choice, unless a header says otherwise: what was forgotten in the line must be missing here too.
  if (body !== undefined && !headers.has('content-type')) {
    headers.set('content-type', 'application/x-www-form-urlencoded');
  }
  return { url, method: values.request ?? (body === undefined ? 'GET' : 'POST'), headers, body };
}

/** Sends what a curl line describes. */
export async function sendCurl({ url, method, headers, body }: CurlRequest): Promise<Response> {
  return await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** `name=content`, of which curl encodes the content. */
function encode(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 1) throw new Error(`not a name and a content: ${pair}`);
  return `${pair.slice(0, equals)}=${encodeURIComponent(pair.slice(equals + 1))}`;
}

function toHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`not a header: ${line}`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
