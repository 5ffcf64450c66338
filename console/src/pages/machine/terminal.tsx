import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal as Xterm } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'preact/hooks';
import { openTerminal, type Problem } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { client } from '../../state/session.ts';
import { styleByScript } from './terminal-styles.ts';

styleByScript();

interface TerminalProps {
  readonly namespace: string;
  readonly name: string;
}

type State =
  | { readonly at: 'connecting' | 'connected' }
  | { readonly at: 'ended'; readonly code?: number; readonly problem?: Problem };

/** A shell in the machine. */
export function Terminal({ namespace, name }: TerminalProps) {
  const t = texts.value;
  const element = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<State>({ at: 'connecting' });
  const [attempt, setAttempt] = useState(0);
  const [forReader, setForReader] = useState(false);
  const xterm = useRef<Xterm>(undefined);
  // Another attempt is another shell.
  useEffect(() => {
    if (!element.current) return;
    setState({ at: 'connecting' });
    const { terminal, fit } = createXterm(element.current, forReader);
    xterm.current = terminal;
    const connection = openTerminal(client, {
      namespace,
      name,
      onOpen: () => {
        setState({ at: 'connected' });
        connection.resize(terminal.cols, terminal.rows);
        terminal.focus();
      },
      onData: (bytes) => terminal.write(bytes),
      onEnd: (end) => setState({ at: 'ended', ...end }),
    });
    terminal.onData((text) => connection.write(text));
    terminal.onBinary((text) => connection.write(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => connection.resize(cols, rows));
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      connection.close();
      terminal.dispose();
    };
  }, [namespace, name, attempt]);
  const toggleReader = () => {
    setForReader(!forReader);
    if (xterm.current) xterm.current.options.screenReaderMode = !forReader;
  };
  return (
    <div class="terminal">
      <div class="toolbar">
        <span class="live" role="status" data-on={state.at === 'connected'}>
          {state.at === 'connecting' && t.terminalConnecting}
          {state.at === 'connected' && t.terminalConnected}
          {state.at === 'ended' && <End code={state.code} problem={state.problem} />}
        </span>
        <span class="faint">{t.terminalHint}</span>
        <label class="check">
          <input type="checkbox" checked={forReader} onChange={toggleReader} />
          {t.terminalReader}
        </label>
        {state.at === 'ended' && (
          <button type="button" class="button small" onClick={() => setAttempt(attempt + 1)}>
            {t.terminalAgain}
          </button>
        )}
      </div>
      <section ref={element} class="screen" aria-label={t.terminalOf(name)} />
    </div>
  );
}

function End({ code, problem }: { code: number | undefined; problem: Problem | undefined }) {
  const t = texts.value;
  if (problem) return <>{problem.detail}</>;
  return <>{code === undefined ? t.terminalLost : t.terminalEnded(code)}</>;
}

function createXterm(element: HTMLElement, screenReaderMode: boolean) {
  const terminal = new Xterm({
    // Programs choose colours for other backgrounds.
    minimumContrastRatio: 4.5,
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    fontSize: 13,
    scrollback: 5_000,
    screenReaderMode,
    theme: {
      background: '#14161d',
      foreground: '#e4e6ee',
      cursor: '#9aa5ff',
      selectionBackground: '#3d4468',
    },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  fit.fit();
  // Tab belongs to the shell, so another key must lead out of the terminal.
  terminal.attachCustomKeyEventHandler((event) => {
    if (!(event.key === 'F6' && event.ctrlKey)) return true;
    if (event.type === 'keydown') leave(element);
    return false;
  });
  return { terminal, fit };
}

/** Moves the focus to the control before the terminal. */
function leave(element: HTMLElement): void {
  element.parentElement?.querySelector<HTMLElement>('.toolbar input')?.focus();
}
