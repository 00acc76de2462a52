import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { gatewayAnswers } from '../../lambda/contract/gateway-responses.ts';

/** Makes what API Gateway answers by itself SCIM errors: clients take anything else for a broken service. */
export function addGatewayResponses(restApi: RestApi): void {
  for (const [type, { statusCode, body, headers }] of Object.entries(gatewayAnswers)) {
    const text = JSON.stringify(body);
    restApi.addGatewayResponse(toConstructId(type), {
      type: ResponseType.of(type),
      statusCode: String(statusCode),
      // API Gateway chooses among the templates by what the client accepts, and falls back on application/json; so both
      // say the same, and the header names the content type in either case. A header is an expression: a text in quotes.
      templates: { 'application/json': text, 'application/scim+json': text },
      responseHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
    });
  }
}

/** `REQUEST_TOO_LARGE` becomes `RequestTooLarge`. */
function toConstructId(type: string): string {
  const words = type.toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
