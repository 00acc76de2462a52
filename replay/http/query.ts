/** Query parameters in the order in which they are sent. */
export type Query = Readonly<Record<string, string | number>>;

/** How a blank is written: both are met on the wire. */
export type BlankStyle = '%20' | '+';

/** The query with its question mark; empty where there are no parameters. Quotes become `%22`. */
export function encodeQuery(query: Query, blank: BlankStyle): string {
  const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', blank);
  const pairs = Object.entries(query).map(([name, value]) =>
    // A flag without a value is written without the equals sign: `?aadOptscim062020`.
    value === '' ? encode(name) : `${encode(name)}=${encode(String(value))}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** `path eq "value"`, the value escaped as JSON (RFC 7644 §3.4.2.2). */
export function equalsFilter(path: string, value: string): string {
  return `${path} eq ${JSON.stringify(value)}`;
}
