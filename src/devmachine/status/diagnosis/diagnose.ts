import { quote } from '../reasons/reason.ts';
import { diagnoseAccess, diagnoseHost, hasService } from './access.ts';
import { type Diagnosis, type DiagnosisContext, isAlive, toDiagnosis } from './diagnosis.ts';
import { lastEviction } from './eviction.ts';
import { diagnoseDeletion, diagnoseRelease, diagnoseRollout } from './operator.ts';
import { diagnosePod, readySince } from './pod.ts';

/**
 * Finds out what a machine is doing. The checks run in order and the first one that returns a diagnosis wins. A machine
 * without a diagnosis is Running, so each check must return one when it is unsure.
 *
 *     deletion → release (did the operator fail?) → rollout (has the cluster applied the spec?)
 *       → stopped: are there pods left?
 *       → otherwise: pod → host → endpoints, Ingress, its controller, certificate → Running
 */
export function diagnose(context: DiagnosisContext): Diagnosis {
  return (
    diagnoseDeletion(context) ??
    diagnoseRelease(context) ??
    diagnoseRollout(context) ??
    (context.machine.spec.stopped ? diagnoseStopped(context) : diagnoseStarted(context))
  );
}

function diagnoseStopped({ machine, dependents, deployment }: DiagnosisContext): Diagnosis {
  const pods = dependents.pods.filter(isAlive);
  if (pods.length === 0 && deployment?.replicas === 0)
    return toDiagnosis('StoppedByUser', 'Stopped', machine.specChangedAt);
  const [since = machine.specChangedAt] = pods.flatMap((pod) => pod.terminatingSince ?? []).sort();
  return toDiagnosis('StoppedByUser', 'Stopping', since, {
    progress: 'The machine is being stopped: its pod is terminating.',
  });
}

function diagnoseStarted(context: DiagnosisContext): Diagnosis {
  const podDiagnosis = diagnosePod(context);
  // Users should learn of a host conflict before the pod is ready, but of a failed pod first.
  if (podDiagnosis?.phase === 'Failed') return podDiagnosis;
  return diagnoseHost(context) ?? podDiagnosis ?? diagnoseAccess(context) ?? toRunning(context);
}

const toRunning = (context: DiagnosisContext): Diagnosis =>
  toDiagnosis('Ready', 'Running', readySince(context), {
    progress: `${describeAccess(context)}${describeLastRestart(context)}${describeEviction(context)}`,
  });

function describeAccess({ machine: { name, namespace, spec } }: DiagnosisContext): string {
  if (spec.ingressDomain) return `The machine is running and reachable at its host ${spec.ingressDomain}.`;
  return hasService(spec)
    ? `The machine is running and reachable inside the cluster at http://${name}.${namespace}.`
    : 'The machine is running and serves no port.';
}

/** A restart in the past is mentioned, but does not change the phase. */
function describeLastRestart({ pod }: DiagnosisContext): string {
  const container = pod?.containers.find(({ restarts, lastTermination }) => restarts > 0 && lastTermination);
  if (!container?.lastTermination) return '';
  const { reason, exitCode, finishedAt } = container.lastTermination;
  const cause = reason === 'OOMKilled' ? 'because it ran out of memory' : `with exit code ${exitCode}`;
  return ` Its container ${container.name} exited at ${finishedAt} ${cause}, and was restarted.`;
}

/** So is an eviction. */
function describeEviction(context: DiagnosisContext): string {
  const eviction = lastEviction(context);
  return eviction ? ` Its previous pod was evicted at ${eviction.since}: ${quote(eviction.message)}` : '';
}
