import type { Machine } from '../machine.ts';
import type { MachineParts } from './dependents.ts';
import { accessTrouble, hostTrouble, serves } from './diagnose-access.ts';
import { deletion, operatorTrouble, releaseTrouble } from './diagnose-operator.ts';
import { podTrouble, readySince } from './diagnose-pod.ts';
import { isAlive, type Scene, toScene, type Verdict, verdict } from './diagnosis.ts';

/**
 * What a machine is doing: the first of these that has something to say. A machine that nobody objects to is Running, so
 * each must object wherever it is not sure.
 *
 *     is it being deleted? → did the operator fail? → has the cluster taken over the spec?
 *       → stopped: are there pods left?
 *       → else: the pod → its host → its endpoints and Ingress → Running
 */
export function diagnose(machine: Machine, parts: MachineParts): Verdict {
  const scene = toScene(machine, parts);
  return (
    deletion(scene) ??
    releaseTrouble(scene) ??
    operatorTrouble(scene) ??
    (machine.spec.stopped ? stopping(scene) : starting(scene))
  );
}

function stopping({ machine, parts, deployment }: Scene): Verdict {
  const pods = parts.pods.filter(isAlive);
  if (pods.length === 0 && deployment?.replicas === 0)
    return verdict('StoppedByUser', 'Stopped', machine.specChangedAt);
  const [since = machine.specChangedAt] = pods.flatMap((pod) => pod.endingSince ?? []).sort();
  return verdict('StoppedByUser', 'Stopping', since, {
    stage: 'The machine is being stopped: its pod ends.',
  });
}

function starting(scene: Scene): Verdict {
  const trouble = podTrouble(scene);
  // A host that is taken is worth knowing before the pod is ready; a pod that has failed, even before that.
  if (trouble?.phase === 'Failed') return trouble;
  return hostTrouble(scene) ?? trouble ?? accessTrouble(scene) ?? running(scene);
}

function running(scene: Scene): Verdict {
  return verdict('Ready', 'Running', readySince(scene), { stage: `${where(scene)}${past(scene)}` });
}

function where({ machine: { name, namespace, spec } }: Scene): string {
  if (spec.ingressDomain) return `The machine runs and is reached at its host ${spec.ingressDomain}.`;
  return serves(spec)
    ? `The machine runs; it is reached inside the cluster at http://${name}.${namespace}.`
    : 'The machine runs; it serves no port.';
}

/** What happened before is told, but is no state. */
function past({ pod }: Scene): string {
  const restarted = pod?.containers.find(({ restarts, last }) => restarts > 0 && last);
  if (!restarted?.last) return '';
  const why =
    restarted.last.reason === 'OOMKilled'
      ? 'for want of memory'
      : `with exit code ${restarted.last.exitCode}`;
  return ` Its container ${restarted.name} ended at ${restarted.last.at} ${why}, and was restarted.`;
}
