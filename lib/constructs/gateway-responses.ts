import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { gatewayAnswers } from '../../lambda/contract/gateway-responses.ts';

/** Makes what API Gateway answers by itself SCIM errors: clients take anything else for a broken service. */
export function addGatewayResponses(restApi: RestApi): void {
  for (const [type, { statusCode, body, headers }] of Object.entries(gatewayAnswers)) {
    const { 'Content-Type': contentType, ...otherHeaders } = headers;
    restApi.addGatewayResponse(toConstructId(type), {
      type: ResponseType.of(type),
      statusCode: String(statusCode),
      // API Gateway takes the content type from the template, and a header as an expression: a text in single quotes.
      templates: { [contentType ?? 'application/scim+json']: JSON.stringify(body) },
      responseHeaders: Object.fromEntries(Object.entries(otherHeaders).map(([name, value]) => [name, `'${value}'`])),
    });
  }
}

/** `REQUEST_TOO_LARGE` becomes `RequestTooLarge`. */
function toConstructId(type: string): string {
  const words = type.toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
