import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  reload(): void;
}

/** Loads something when the component appears and when `deps` change. What was loaded stays until the next arrives. */
export function useAsync<T>(load: () => Promise<T>, deps: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown }>({});
  const latest = useRef(0);
  // The caller names them.
  const reload = useCallback(() => {
    const turn = ++latest.current;
    const set = (next: { data?: T; error?: unknown }) => {
      if (turn === latest.current) setState((before) => ({ ...before, error: undefined, ...next }));
    };
    load().then(
      (data) => set({ data }),
      (error: unknown) => set({ error }),
    );
  }, [...deps]);
  useEffect(() => {
    reload();
    return () => void latest.current++;
  }, [reload]);
  return { data: state.data, error: state.error, reload };
}
