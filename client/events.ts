import { type DevMachineClient, type Machine, ProblemError } from './client.ts';
import { linesOf } from './lines.ts';

/** What happens to machines, as the event stream tells it. */
export type MachineEvent =
  /** A machine is new or has changed. */
  | { readonly type: 'status'; readonly machine: Machine }
  | { readonly type: 'deleted'; readonly name: string; readonly namespace: string; readonly uid: string }
  /** Forget all machines: those that follow replace them. */
  | { readonly type: 'reset' }
  /** All machines have been sent; changes follow. */
  | { readonly type: 'synced' }
  /** The cluster does not respond. What was sent is known to be true until `staleSince`. */
  | { readonly type: 'stale'; readonly staleSince: string }
  | { readonly type: 'fresh' }
  /** The connection is lost, and is tried again. */
  | { readonly type: 'disconnected'; readonly error: unknown };

export interface FollowOptions {
  /** Only machines in this namespace. Without it: in all, or in the API's DEFAULT_NAMESPACE. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** The position to resume from, which the iteration keeps up to date. Give the same object to continue later. */
  readonly position?: { lastEventId?: string | undefined };
}

/** Refusals that do not go away by themselves. */
const FINAL = new Set([400, 401, 403, 404, 421]);
const RETRY_MS = 2_000;
/** The API sends a heartbeat every 15 s by default, and at most every 60 s. */
const SILENCE_MS = 150_000;

/**
 * The events of machines, without end: a lost connection is opened again, and the stream resumes where it was. Throws a
 * ProblemError if the API refuses the stream, for example because the token has expired (401).
 */
export async function* followMachines(
  client: DevMachineClient,
  { namespace, name, signal, position = {} }: FollowOptions,
): AsyncGenerator<MachineEvent> {
  const query = new URLSearchParams({ ...(namespace ? { namespace } : {}), ...(name ? { name } : {}) });
  for (let failures = 0; !signal.aborted; failures++) {
    let error: unknown;
    try {
      for await (const event of connect(client, query, signal, position)) {
        failures = 0;
        yield event;
      }
    } catch (thrown) {
      if (thrown instanceof ProblemError && FINAL.has(thrown.problem.status)) throw thrown;
      error = thrown;
    }
    if (signal.aborted) return;
    yield { type: 'disconnected', error };
    await pause(RETRY_MS * Math.min(2 ** failures, 8) * (0.5 + Math.random() / 2), signal);
  }
}

/** The events of one connection. */
async function* connect(
  client: DevMachineClient,
  query: URLSearchParams,
  signal: AbortSignal,
  position: { lastEventId?: string | undefined },
): AsyncGenerator<MachineEvent> {
  const dead = new AbortController();
  const silence = silenceTimer(() => dead.abort(new Error('The API is silent.')));
  try {
    const { body } = await client.fetch(`/api/v1/devmachines/events?${query}`, {
      headers: position.lastEventId ? { 'last-event-id': position.lastEventId } : {},
      signal: AbortSignal.any([signal, dead.signal]),
    });
    if (body) yield* parse(linesOf(body), position, silence.restart);
  } finally {
    silence.stop();
  }
}

async function* parse(
  lines: AsyncIterable<string>,
  position: { lastEventId?: string | undefined },
  onLine: () => void,
): AsyncGenerator<MachineEvent> {
  let [type, id, data] = ['', '', ''];
  for await (const line of lines) {
    onLine();
    if (line.startsWith('event: ')) type = line.slice(7);
    else if (line.startsWith('id: ')) id = line.slice(4);
    else if (line.startsWith('data: ')) data = line.slice(6);
    else if (line === '') {
      if (id) position.lastEventId = id;
      if (data) yield toEvent(type, JSON.parse(data));
      [type, id, data] = ['', '', ''];
    }
  }
}

const toEvent = (type: string, data: Record<string, unknown>): MachineEvent =>
  (type === 'status' ? { type, machine: data } : { ...data, type }) as MachineEvent;

/** Calls `onSilence` once it was not restarted for a while: a connection can be dead without being closed. */
function silenceTimer(onSilence: () => void): { restart: () => void; stop: () => void } {
  let timer = setTimeout(onSilence, SILENCE_MS);
  let startedAt = performance.now();
  return {
    restart() {
      // Thousands of lines may arrive at once.
      if (performance.now() - startedAt < 1_000) return;
      startedAt = performance.now();
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
