import { toNano } from '../../quantity.ts';
import type { ResourceQuota } from '../dependents.ts';
import { type Diagnosis, type DiagnosisContext, toDiagnosis } from './diagnosis.ts';

/** Whether ResourceQuotas have room. The names and sizes in messages are the API server's. */

const EXCEEDED = /exceeded quota: (\S+), requested: (\S+), used: /;

export const isAboutQuota = (upstreamMessage: string): boolean => /exceeded quota/i.test(upstreamMessage);

/** QuotaExceeded: the refusal, or that its cause is over, because nobody tries again at once. */
export function toQuotaExceeded(
  context: DiagnosisContext,
  since: string,
  upstreamMessage: string,
): Diagnosis {
  const change = changeSince(context, upstreamMessage);
  if (!change) return toDiagnosis('QuotaExceeded', 'Failed', since, { upstreamMessage });
  return toDiagnosis('QuotaExceeded', 'Failed', since, {
    progress: `${change}, but the cluster has not tried again yet. The last attempt was refused: `,
    upstreamMessage,
    hint: 'Restart the machine (or stop it, then start it) to try again at once. Otherwise the cluster tries again within about 16 minutes.',
  });
}

/** What has changed if the quota that the message is about has room now. */
function changeSince({ dependents }: DiagnosisContext, upstreamMessage: string): string | undefined {
  const [, name, list = ''] = EXCEEDED.exec(upstreamMessage) ?? [];
  if (name === undefined || dependents.unknown.includes('ResourceQuota')) return undefined;
  const quota = dependents.quotas.find((one) => one.name === name);
  if (!quota) return `The ResourceQuota ${name} no longer exists`;
  const requested = list.split(',').map((item) => item.split('=') as [string, string?]);
  const needs = Object.fromEntries(requested.map(([resource, amount = '']) => [resource, toNano(amount)]));
  return hasRoom(quota, needs) ? `The ResourceQuota ${name} has room again` : undefined;
}

/** Amounts of resources, in billionths. An unknown amount fits nowhere. */
type Amounts = Readonly<Record<string, bigint | undefined>>;

/** A quota without limits has not been counted yet. */
const hasRoom = (quota: ResourceQuota, needs: Amounts): boolean =>
  quota.limits.length > 0 && fullLimit(quota, needs) === undefined;

/** The first limit with too little room for what is needed of its resource. */
function fullLimit({ limits }: ResourceQuota, needs: Amounts) {
  return limits.find(({ resource, hard, used }) => {
    if (!(resource in needs)) return false;
    const [limit, taken, needed] = [toNano(hard), toNano(used), needs[resource]];
    return limit === undefined || taken === undefined || needed === undefined || taken + needed > limit;
  });
}

/** Which quota has too little room, as the end of a sentence. */
export function describeFullQuota(quotas: readonly ResourceQuota[], needs: Amounts): string | undefined {
  for (const quota of quotas) {
    const limit = fullLimit(quota, needs);
    if (limit)
      return `the ResourceQuota ${quota.name} has no room for it (${limit.resource}: ${limit.used} of ${limit.hard} used)`;
  }
  return undefined;
}
