import type { Container } from '../../devmachine/status/container.ts';
import type { Interner } from './intern.ts';
import { truncate } from './metadata.ts';

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
}

interface TerminationObject {
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
    readonly terminated?: TerminationObject;
  };
  readonly lastState?: { readonly terminated?: TerminationObject };
}

/** The containers of the spec that have a status. */
export function toContainers(
  specs: readonly ContainerSpec[] = [],
  statuses: readonly ContainerStatus[] = [],
  init: boolean,
  interner: Interner,
): Container[] {
  return specs.flatMap((spec) => {
    const status = statuses.find(({ name }) => name === spec.name);
    return status ? [toContainer(spec, status, init, interner)] : [];
  });
}

function toContainer(
  { name, image = '' }: ContainerSpec,
  status: ContainerStatus,
  init: boolean,
  interner: Interner,
): Container {
  const { ready, started = false, restartCount, state = {}, lastState = {} } = status;
  const { waiting, running, terminated } = state;
  return {
    name: interner.text(name),
    image: interner.text(image),
    init,
    ready,
    started,
    restarts: restartCount,
    state: terminated ? 'terminated' : running ? 'running' : 'waiting',
    reason: interner.text(waiting?.reason ?? terminated?.reason ?? ''),
    message: truncate(waiting?.message) || terminationMessage(terminated),
    exitCode: terminated?.exitCode ?? 0,
    since: running?.startedAt ?? terminated?.finishedAt ?? undefined,
    lastTermination: toTermination(lastState.terminated, interner),
  };
}

function toTermination(
  ended: TerminationObject | undefined,
  interner: Interner,
): Container['lastTermination'] {
  if (!ended) return undefined;
  const { reason = '', exitCode, finishedAt } = ended;
  return {
    reason: interner.text(reason),
    message: terminationMessage(ended),
    exitCode,
    finishedAt: finishedAt ?? '',
  };
}

/**
 * The runtime's message about a container that never ran. The message of one that did may come from its own process
 * (terminationMessagePath), which is private.
 */
const terminationMessage = (ended: TerminationObject | undefined): string =>
  ended?.reason === 'StartError' || ended?.reason === 'ContainerCannotRun' ? truncate(ended.message) : '';
