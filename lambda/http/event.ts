import * as z from 'zod';

const values = z.record(z.string(), z.string().optional()).nullish();

/**
 * What every entry behind API Gateway reads of its event (REST API, Lambda proxy integration). Query values arrive
 * decoded, path parameters encoded.
 *
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html}
 */
export const ProxyEventSchema = z.object({
  httpMethod: z.string(),
  headers: values,
  /** Of a parameter that is given twice the last value, as API Gateway has it. */
  queryStringParameters: values,
  pathParameters: values,
  /** The route with its parameters unfilled, such as `/{tenant}/scim/v2/Users/{id}`. */
  resource: z.string(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean(),
  requestContext: z.object({
    requestId: z.string(),
    /** The host name under which API Gateway was reached: one of its own, never just what a client wrote in `Host`. */
    domainName: z.string().optional(),
    stage: z.string(),
  }),
});

/** The event of a SCIM request. */
export const ScimEventSchema = ProxyEventSchema.extend({
  path: z.string(),
  requestContext: ProxyEventSchema.shape.requestContext.extend({
    /** What the authorizer's policy carried. */
    authorizer: z.object({ tenant: z.string(), application: z.string(), credentialId: z.string().optional() }),
  }),
});
export type ScimEvent = z.infer<typeof ScimEventSchema>;

/** The header of that name, which is case-insensitive. */
export function findHeader(event: Pick<ScimEvent, 'headers'>, name: string): string | undefined {
  for (const [key, value] of Object.entries(event.headers ?? {})) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** A path parameter, decoded; undefined where it is missing or not decodable. */
export function findPathParameter(event: Pick<ScimEvent, 'pathParameters'>, name: string): string | undefined {
  try {
    return decodeURIComponent(event.pathParameters?.[name] ?? '') || undefined;
  } catch {
    return undefined;
  }
}
