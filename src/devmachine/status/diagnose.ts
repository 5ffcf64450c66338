import type { Machine } from '../machine.ts';
import type { Dependents } from './dependents.ts';
import { diagnoseAccess, diagnoseHost, serves } from './diagnose-access.ts';
import { deletion, diagnoseRelease, diagnoseRollout } from './diagnose-operator.ts';
import { diagnosePod, readySince } from './diagnose-pod.ts';
import { type Diagnosis, type DiagnosisContext, diagnosis, isAlive, toContext } from './diagnosis.ts';

/**
 * What a machine is doing: the first of these that has something to say. A machine that nobody objects to is Running, so
 * each must object wherever it is not sure.
 *
 *     is it being deleted? → did the operator fail? → has the cluster taken over the spec?
 *       → stopped: are there pods left?
 *       → else: the pod → its host → its endpoints and Ingress → Running
 */
export function diagnose(machine: Machine, dependents: Dependents): Diagnosis {
  const context = toContext(machine, dependents);
  return (
    deletion(context) ??
    diagnoseRelease(context) ??
    diagnoseRollout(context) ??
    (machine.spec.stopped ? stopping(context) : starting(context))
  );
}

function stopping({ machine, dependents, deployment }: DiagnosisContext): Diagnosis {
  const pods = dependents.pods.filter(isAlive);
  if (pods.length === 0 && deployment?.replicas === 0)
    return diagnosis('StoppedByUser', 'Stopped', machine.specChangedAt);
  const [since = machine.specChangedAt] = pods.flatMap((pod) => pod.terminatingSince ?? []).sort();
  return diagnosis('StoppedByUser', 'Stopping', since, {
    stage: 'The machine is being stopped: its pod ends.',
  });
}

function starting(context: DiagnosisContext): Diagnosis {
  const trouble = diagnosePod(context);
  // A host that is taken is worth knowing before the pod is ready; a pod that has failed, even before that.
  if (trouble?.phase === 'Failed') return trouble;
  return diagnoseHost(context) ?? trouble ?? diagnoseAccess(context) ?? running(context);
}

function running(context: DiagnosisContext): Diagnosis {
  return diagnosis('Ready', 'Running', readySince(context), { stage: `${where(context)}${past(context)}` });
}

function where({ machine: { name, namespace, spec } }: DiagnosisContext): string {
  if (spec.ingressDomain) return `The machine runs and is reached at its host ${spec.ingressDomain}.`;
  return serves(spec)
    ? `The machine runs; it is reached inside the cluster at http://${name}.${namespace}.`
    : 'The machine runs; it serves no port.';
}

/** What happened before is told, but is no state. */
function past({ pod }: DiagnosisContext): string {
  const restarted = pod?.containers.find(({ restarts, lastTermination }) => restarts > 0 && lastTermination);
  if (!restarted?.lastTermination) return '';
  const why =
    restarted.lastTermination.reason === 'OOMKilled'
      ? 'for want of memory'
      : `with exit code ${restarted.lastTermination.exitCode}`;
  return ` Its container ${restarted.name} ended at ${restarted.lastTermination.finishedAt} ${why}, and was restarted.`;
}
