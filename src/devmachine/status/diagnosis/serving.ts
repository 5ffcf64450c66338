import type { Ingress } from '../dependents.ts';
import type { MessageParams } from '../reasons/reason.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';
import { readySince } from './pod.ts';

/** Whether somebody serves an Ingress: a controller for its class, which has accepted it, with a certificate. */

/** What `ingress` lacks to be served at `host`; undefined if it is. A check is left out if the backend may not read its kind. */
export const diagnoseServing = (
  context: DiagnosisContext,
  ingress: Ingress,
  host: string,
): Diagnosis | undefined =>
  diagnoseClass(context, ingress, host) ??
  diagnoseAddress(context, ingress, host) ??
  diagnoseCertificate(context, ingress, host);

/** The class by which ingress controllers tell whose Ingress it is. */
export const classOf = ({ className, annotatedClass }: Ingress): string | undefined =>
  className ?? annotatedClass;

function diagnoseClass(context: DiagnosisContext, ingress: Ingress, host: string): Diagnosis | undefined {
  const { ingressClasses, unknown } = context.dependents;
  const { className, annotatedClass, hasAddress } = ingress;
  if (unknown.includes('IngressClass')) return undefined;
  const isServable =
    className === undefined
      ? annotatedClass !== undefined || hasAddress || ingressClasses.some(({ isDefault }) => isDefault)
      : ingressClasses.some(({ name }) => name === className);
  if (isServable) return undefined;
  const params = className === undefined ? { host } : { host, ingressClass: className };
  return toDiagnosis('IngressClassMissing', 'Starting', readySince(context), params);
}

function diagnoseAddress(context: DiagnosisContext, ingress: Ingress, host: string): Diagnosis | undefined {
  const { ingressStatus, ingressStatusIgnoredClasses } = context.settings;
  const isIgnored =
    ingressStatus === 'ignored' || ingressStatusIgnoredClasses.includes(classOf(ingress) ?? '');
  if (isIgnored || ingress.hasAddress) return undefined;
  return toDiagnosis('IngressNotServed', 'Starting', readySince(context), { host });
}

function diagnoseCertificate(
  context: DiagnosisContext,
  { certificate: name }: Ingress,
  host: string,
): Diagnosis | undefined {
  const { certificates, unknown, notServed } = context.dependents;
  if (name === undefined || unknown.includes('Certificate')) return undefined;
  const since = readySince(context);
  const toPending = (params: MessageParams, at = since) =>
    toDiagnosis('CertificatePending', 'Starting', at > since ? at : since, {
      certificate: name,
      host,
      ...params,
    });
  if (notServed.includes('Certificate'))
    return toPending({
      progress: `Nobody issues the certificate ${name} for the host ${host}: cert-manager is not installed.`,
    });
  const certificate = certificates.find((one) => one.name === name);
  // After a change of the host, the Certificate of the former one stays for a moment.
  if (!certificate?.hosts.includes(host) || !certificate.ready)
    return toPending({
      progress: `cert-manager has not issued the certificate ${name} for the host ${host} yet.`,
    });
  const { isTrue, message, reason, since: changedAt } = certificate.ready;
  return isTrue ? undefined : toPending({ upstreamMessage: message || reason }, changedAt);
}
