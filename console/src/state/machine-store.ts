import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { followMachines, type Machine, type MachineEvent, type ProblemError } from '../../../client/index.ts';
import { client, expired, token } from './session.ts';

/** Which machines a store holds. */
export interface Scope {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Machines that the event stream keeps up to date. */
export interface MachineStore {
  /** Sorted by namespace and name. */
  readonly machines: ReadonlySignal<readonly Machine[]>;
  /** Whether all machines have arrived. */
  readonly synced: ReadonlySignal<boolean>;
  /** Why the API has refused the stream. */
  readonly refusal: ReadonlySignal<ProblemError | undefined>;
  stop(): void;
}

/** Since when the cluster has not answered, for the page that is shown. */
export const staleSince = signal<string>();
/** Whether the stream of the page that is shown is interrupted. */
export const disconnected = signal(false);

/** Thousands of machines can arrive at once: the page is drawn again for all of them, at most this often. */
const DRAW_MS = 60;
/** How many events are handled before the browser gets its turn. */
const EVENTS_PER_TURN = 100;
/** A hidden tab gives its connection back: a browser has six for each host. */
const HIDDEN_MS = 30_000;

export function openMachineStore(scope: Scope): MachineStore {
  const machines = signal<readonly Machine[]>([]);
  const synced = signal(false);
  const refusal = signal<ProblemError>();
  const known = new Map<string, Machine>();
  const position = {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = () => {
    timer = undefined;
    machines.value = [...known.values()].sort(compareKeys);
  };
  const apply = (event: MachineEvent) => {
    disconnected.value = event.type === 'disconnected';
    if (event.type === 'stale') staleSince.value = event.staleSince;
    else if (event.type !== 'disconnected') staleSince.value = undefined;
    if (event.type === 'status') known.set(event.machine.uid, event.machine);
    else if (event.type === 'deleted') known.delete(event.uid);
    else if (event.type === 'reset') known.clear();
    if (event.type === 'synced') {
      clearTimeout(timer);
      draw();
      synced.value = true;
    } else timer ??= setTimeout(draw, DRAW_MS);
  };

  const follow = async (signal: AbortSignal) => {
    let count = 0;
    try {
      for await (const event of followMachines(client, { ...scope, signal, position })) {
        if (signal.aborted) return;
        apply(event);
        if (++count % EVENTS_PER_TURN === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    } catch (error) {
      if (!expired.peek()) refusal.value = error as ProblemError;
    }
  };
  const visible = visibility();
  const end = effect(() => {
    // Another token needs another stream.
    void token.value;
    if (!visible.shown.value) return;
    const controller = new AbortController();
    refusal.value = undefined;
    void follow(controller.signal);
    return () => controller.abort();
  });
  return {
    machines,
    synced,
    refusal,
    stop() {
      end();
      visible.stop();
      clearTimeout(timer);
      staleSince.value = undefined;
      disconnected.value = false;
    },
  };
}

/** Whether the tab is shown, or was until a moment ago. */
function visibility() {
  const shown = signal(true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const update = () => {
    clearTimeout(timer);
    if (!document.hidden) shown.value = true;
    else timer = setTimeout(() => (shown.value = false), HIDDEN_MS);
  };
  document.addEventListener('visibilitychange', update);
  return {
    shown,
    stop() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', update);
    },
  };
}

const compareKeys = (a: Machine, b: Machine): number =>
  compare(a.namespace, b.namespace) || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
