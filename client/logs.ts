import type { DevMachineClient } from './client.ts';

export interface LogOptions {
  readonly namespace: string;
  readonly name: string;
  readonly container?: string | undefined;
  /** How many of the last lines to begin with. */
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  /** The log of the container before its last restart. */
  readonly previous?: boolean | undefined;
  /** Keep the log open, and send further lines as they are written. */
  readonly follow?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The log of a machine, in pieces of text as they arrive. Throws a ProblemError if there is none. */
export async function* readLog(
  client: DevMachineClient,
  { signal, ...options }: LogOptions,
): AsyncGenerator<string> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(options)) if (value !== undefined) query.set(key, String(value));
  const { body } = await client.fetch(
    `/api/v1/devmachines/logs?${query}`,
    signal === undefined ? {} : { signal },
  );
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}
