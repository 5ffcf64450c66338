import type { Container } from '../../devmachine/status/dependents.ts';
import { intern } from './intern.ts';
import { cut } from './metadata.ts';

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
}

interface EndedObject {
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode: number;
  readonly finishedAt?: string | null;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string | null };
    readonly terminated?: EndedObject;
  };
  readonly lastState?: { readonly terminated?: EndedObject };
}

/** Each container of the spec with what the node says of it; nothing at all before a node has said anything. */
export function toContainers(
  specs: readonly ContainerSpec[] = [],
  statuses: readonly ContainerStatus[] = [],
  init: boolean,
): Container[] {
  return specs.flatMap((spec) => {
    const status = statuses.find(({ name }) => name === spec.name);
    return status ? [toContainer(spec, status, init)] : [];
  });
}

function toContainer({ name, image = '' }: ContainerSpec, status: ContainerStatus, init: boolean) {
  const { ready, started = false, restartCount, state = {}, lastState = {} } = status;
  const { waiting, running, terminated } = state;
  return {
    name: intern(name),
    image: intern(image),
    init,
    ready,
    started,
    restarts: restartCount,
    state: terminated ? 'terminated' : running ? 'running' : 'waiting',
    reason: intern(waiting?.reason ?? terminated?.reason ?? ''),
    message: cut(waiting?.message) || lastWords(terminated),
    exitCode: terminated?.exitCode ?? 0,
    since: intern(running?.startedAt ?? terminated?.finishedAt ?? undefined),
    lastTermination: toLast(lastState.terminated),
  } satisfies Container;
}

function toLast(ended: EndedObject | undefined): Container['lastTermination'] {
  if (!ended) return undefined;
  const { reason = '', exitCode, finishedAt } = ended;
  return { reason: intern(reason), message: lastWords(ended), exitCode, finishedAt: finishedAt ?? '' };
}

/**
 * Of a container that never ran, the runtime's. Those of one that did can be its own (terminationMessagePath): they are
 * not ours to tell.
 */
const lastWords = (ended: EndedObject | undefined): string =>
  ended?.reason === 'StartError' || ended?.reason === 'ContainerCannotRun' ? cut(ended.message) : '';
