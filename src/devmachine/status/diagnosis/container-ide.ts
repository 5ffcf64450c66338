import type { Container } from '../container.ts';
import type { Pod } from '../dependents.ts';
import { type Diagnosis, toDiagnosis } from './diagnosis.ts';
import { scheduledAt } from './pod-events.ts';

/**
 * What the container runtime and the dynamic loader say if an image cannot run the IDE's Node.js: no glibc or another C
 * library, another architecture, a glibc that is too old, no libstdc++.
 */
const CANNOT_RUN_IDE =
  /ide\/lib\/node\b.*(no such file or directory|exec format error|\bGLIBC(XX)?_\S+ not found|error while loading shared libraries|symbol not found)/is;

/** An image of the machine that cannot run the IDE that the template brings. */
export function diagnoseIde(pod: Pod): Diagnosis | undefined {
  for (const container of pod.containers) {
    const ended = endOf(container);
    if (ended && CANNOT_RUN_IDE.test(ended.message))
      return toDiagnosis('IdeIncompatible', 'Failed', ended.since ?? scheduledAt(pod), {
        image: container.image,
        upstreamMessage: ended.message,
      });
  }
  return undefined;
}

/** Why a container does not run, or does not stay running. */
function endOf({ state, message, since, ready, restarts, lastTermination }: Container) {
  if (state !== 'running' && CANNOT_RUN_IDE.test(message)) return { message, since };
  if (restarts === 0 || ready || !lastTermination) return undefined;
  return { message: lastTermination.message, since: lastTermination.finishedAt };
}
