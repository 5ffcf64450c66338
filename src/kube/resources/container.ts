import type { Container } from '../../devmachine/status/container.ts';
import type { Interner } from './intern.ts';
import { truncate } from './metadata.ts';

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: string;
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
  { name, image = '', restartPolicy }: ContainerSpec,
  status: ContainerStatus,
  init: boolean,
  interner: Interner,
): Container {
  const { ready, started = false, restartCount, state = {}, lastState = {} } = status;
  const { waiting, running, terminated } = state;
  const messageOf = (ended: TerminationObject | undefined) =>
    ended && ((init && IDE_CONTAINERS.has(name)) || neverRan(ended)) ? truncate(ended.message) : '';
  return {
    name: interner.text(name),
    image: interner.text(image),
    init,
    sidecar: init && restartPolicy === 'Always',
    ready,
    started,
    restarts: restartCount,
    state: terminated ? 'terminated' : running ? 'running' : 'waiting',
    reason: interner.text(waiting?.reason ?? terminated?.reason ?? ''),
    message: truncate(waiting?.message) || messageOf(terminated),
    exitCode: terminated?.exitCode ?? 0,
    since: running?.startedAt ?? terminated?.finishedAt ?? undefined,
    lastTermination: toTermination(lastState.terminated, messageOf(lastState.terminated), interner),
  };
}

function toTermination(
  ended: TerminationObject | undefined,
  message: string,
  interner: Interner,
): Container['lastTermination'] {
  if (!ended) return undefined;
  const { reason = '', exitCode, finishedAt } = ended;
  return {
    reason: interner.text(reason),
    message,
    exitCode,
    finishedAt: finishedAt ?? '',
  };
}

/** Then the message is the runtime's. Otherwise it may come from the container's own process, which is private. */
const neverRan = ({ reason }: TerminationObject): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun';

/** The init containers that prepare the IDE and its home directory (operator/helm-charts/devmachine). They run nothing of the user. */
const IDE_CONTAINERS: ReadonlySet<string> = new Set(['ide', 'user', 'home']);
