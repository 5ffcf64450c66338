import { useEffect, useRef, useState } from 'preact/hooks';
import { type Machine, readLog } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { client } from '../../state/session.ts';
import { ProblemNote } from '../../ui/problem.tsx';
import { LogView } from './log-view.ts';

const TAIL_LINES = 1_000;

type State = { readonly at: 'following' | 'ended' } | { readonly at: 'failed'; readonly error: unknown };

/** The log of a machine as it is written. */
export function Logs({ machine: { namespace, name, resources } }: { machine: Machine }) {
  const t = texts.value;
  const element = useRef<HTMLPreElement>(null);
  const view = useRef<LogView>(undefined);
  const [state, setState] = useState<State>({ at: 'following' });
  const [previous, setPrevious] = useState(false);
  const [wraps, setWraps] = useState(true);
  const [isPaused, setPaused] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const pod = resources.pods.find(({ deleting }) => !deleting)?.name;
  // Another pod has another log, and a retry reads it again.
  useEffect(() => {
    if (!element.current) return;
    const log = new LogView(element.current);
    view.current = log;
    setPaused(false);
    setState({ at: 'following' });
    const controller = new AbortController();
    const { signal } = controller;
    const read = async () => {
      const options = { namespace, name, previous: previous || undefined, follow: !previous || undefined };
      for await (const text of readLog(client, { ...options, tailLines: TAIL_LINES, signal }))
        log.append(text);
    };
    read().then(
      () => signal.aborted || setState({ at: 'ended' }),
      (error: unknown) => signal.aborted || setState({ at: 'failed', error }),
    );
    return () => {
      controller.abort();
      log.clear();
    };
  }, [namespace, name, pod, previous, attempt]);

  const togglePause = () => {
    if (!view.current) return;
    if (isPaused) view.current.resume();
    else view.current.isPaused = true;
    setPaused(!isPaused);
  };
  return (
    <div class="logs">
      <div class="toolbar">
        <span class="live" role="status" data-on={state.at === 'following' && !isPaused}>
          {state.at === 'following' && !previous && t.logsFollowing}
          {state.at === 'ended' && t.logsEnded}
        </span>
        {state.at === 'ended' && !previous && (
          <button type="button" class="button small" onClick={() => setAttempt(attempt + 1)}>
            {t.retry}
          </button>
        )}
        <label class="check">
          <input type="checkbox" checked={previous} onChange={() => setPrevious(!previous)} />
          {t.logsPrevious}
        </label>
        <label class="check">
          <input type="checkbox" checked={wraps} onChange={() => setWraps(!wraps)} />
          {t.logsWrap}
        </label>
        <button type="button" class="button small" onClick={togglePause}>
          {isPaused ? t.logsResume : t.logsPause}
        </button>
        <button
          type="button"
          class="button small"
          onClick={() => download(name, element.current?.textContent ?? '')}
        >
          {t.logsDownload}
        </button>
      </div>
      {state.at === 'failed' && <ProblemNote error={state.error} onRetry={() => setAttempt(attempt + 1)} />}
      <pre ref={element} class="log" data-wraps={wraps} tabIndex={0} role="log" aria-label={t.logsOf(name)} />
    </div>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
