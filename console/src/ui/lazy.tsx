import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { texts } from '../i18n/texts.ts';
import { ProblemNote } from './problem.tsx';

interface LazyProps<P extends object> {
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
}

/** A component whose code is loaded when it is shown. */
export function Lazy<P extends object>({ load, props }: LazyProps<P>) {
  const [state, setState] = useState<{ component?: ComponentType<P>; error?: unknown }>({});
  useEffect(() => {
    load().then(
      (component) => setState({ component }),
      (error: unknown) => setState({ error }),
    );
  }, [load]);
  // A newer version of the console has other files: the page must be loaded again.
  if (state.error) return <ProblemNote error={state.error} onRetry={() => location.reload()} />;
  if (!state.component) return <p class="loading">{texts.value.loading}</p>;
  return h(state.component as ComponentType<object>, props);
}
