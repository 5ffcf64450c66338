export interface QueueOptions {
  readonly workers: number;
  /** Resolves to after how many ms the key is due again. */
  readonly work: (key: string) => Promise<number | undefined>;
  readonly onError: (key: string, error: unknown, waitMs: number) => void;
}

export interface Queue {
  add(key: string): void;
  /** Takes nothing more; resolves when what is under way is done. */
  stop(): Promise<void>;
}

const FIRST_MS = 200;
const LONGEST_MS = 60_000;

/**
 * Works on keys: never on one twice at a time, and once more after it was added meanwhile. What fails is due again after
 * a time that doubles until it succeeds; whoever adds it does not wait for that.
 *
 *     add ──▶ ready ──▶ active ──done──▶ waiting (for the time that the work has said) ──▶ ready
 *               ▲          │ added meanwhile, or failed (after a wait)
 *               └──────────┘
 */
export function createQueue({ workers, work, onError }: QueueOptions): Queue {
  const ready = new Set<string>();
  const active = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const waiting = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  let stopped = false;

  function add(key: string): void {
    if (stopped) return;
    clearTimeout(waiting.get(key));
    waiting.delete(key);
    if (active.has(key)) again.add(key);
    else ready.add(key);
    next();
  }

  function next(): void {
    for (const key of ready) {
      if (stopped || active.size >= workers) return;
      ready.delete(key);
      active.set(key, handle(key));
    }
  }

  async function handle(key: string): Promise<void> {
    let wait: number | undefined;
    try {
      wait = await work(key);
      failures.delete(key);
    } catch (error) {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      wait = Math.min(FIRST_MS * 2 ** failed, LONGEST_MS);
      onError(key, error, wait);
    }
    active.delete(key);
    if (again.delete(key)) add(key);
    else if (wait !== undefined && !stopped) waiting.set(key, setTimeout(add, wait, key));
    next();
  }

  return {
    add,
    stop: async () => {
      stopped = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      await Promise.all(active.values());
    },
  };
}
