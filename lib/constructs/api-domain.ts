import { CfnBasePathMapping, DomainName, EndpointType, type RestApi, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

export interface ApiDomainProps {
  /** The API's, whose default stage is served at the domain's root. */
  readonly api: RestApi;

  /** As in the Tenant URL template: `global-us.example.com`, or with `{tenant}` in its first label. */
  readonly host: string;

  /**
   * Where the certificate is validated and the records are made.
   *
   * @default - none: the records to make are printed
   */
  readonly hostedZone?: { readonly id: string; readonly name: string } | undefined;

  /**
   * Of a certificate in the same AWS region.
   *
   * @default - one is made, and validated by DNS
   */
  readonly certificateArn?: string | undefined;
}

/**
 * The host name of the Tenant URLs. With a tenant in it, it is a wildcard, and each tenant gets its record when it is
 * made: one wildcard record could lead to one region only.
 */
export class ApiDomain extends Construct {
  readonly domainName: DomainName;
  /** Undefined where the operator's DNS is elsewhere. */
  readonly hostedZoneId: string | undefined;
  /** The record to make by hand; undefined where it is made here, or with each tenant. */
  readonly recordToMake: string | undefined;

  constructor(scope: Construct, id: string, { api, host, hostedZone, certificateArn }: ApiDomainProps) {
    super(scope, id);
    const name = toDomainName(host);
    const zone = hostedZone && this.#importZone(hostedZone);
    this.hostedZoneId = zone?.hostedZoneId;
    this.domainName = new DomainName(this, 'Resource', {
      domainName: name,
      certificate: this.#findCertificate(name, certificateArn, zone),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new CfnBasePathMapping(this, 'Mapping', {
      domainName: this.domainName.domainName,
      restApiId: api.restApiId,
      stage: api.deploymentStage.stageName,
    });
    const isWildcard = name.startsWith('*.');
    const { domainNameAliasDomainName: target } = this.domainName;
    this.recordToMake = isWildcard || zone !== undefined ? undefined : `${name}. 300 IN CNAME ${target}.`;
    if (!isWildcard && zone !== undefined) this.#addRecords(zone, name);
  }

  #importZone({ id: hostedZoneId, name: zoneName }: { readonly id: string; readonly name: string }): IHostedZone {
    return HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
  }

  /** Without a zone, CloudFormation prints the record that proves the domain, and waits until it is there. */
  #findCertificate(name: string, arn: string | undefined, zone: IHostedZone | undefined): ICertificate {
    if (arn !== undefined) return Certificate.fromCertificateArn(this, 'Certificate', arn);
    return new Certificate(this, 'Certificate', {
      domainName: name,
      validation: CertificateValidation.fromDns(zone),
    });
  }

  #addRecords(zone: IHostedZone, name: string): void {
    const target = RecordTarget.fromAlias(new ApiGatewayDomain(this.domainName));
    new ARecord(this, 'Ipv4Record', { zone, recordName: `${name}.`, target });
    new AaaaRecord(this, 'Ipv6Record', { zone, recordName: `${name}.`, target });
  }
}

/** `users-{tenant}.example.com` becomes `*.example.com`: API Gateway's wildcard is a whole label. */
function toDomainName(host: string): string {
  return host.includes('{tenant}') ? `*.${host.split('.').slice(1).join('.')}` : host;
}
