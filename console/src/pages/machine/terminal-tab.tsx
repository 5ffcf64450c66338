import { useState } from 'preact/hooks';
import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { Lazy } from '../../ui/lazy.tsx';

const load = () => import('./terminal.tsx').then(({ Terminal }) => Terminal);

/** A terminal is opened when somebody asks for it, because each is a process in the machine. */
export function TerminalTab({ machine: { namespace, name, resources } }: { machine: Machine }) {
  const t = texts.value;
  const [isOpen, setOpen] = useState(false);
  const isRunning = resources.pods.some(({ phase, deleting }) => phase === 'Running' && !deleting);
  if (isOpen) return <Lazy load={load} props={{ namespace, name }} />;
  return (
    <div class="empty">
      <button type="button" class="button primary" disabled={!isRunning} onClick={() => setOpen(true)}>
        {t.terminalConnect}
      </button>
      {!isRunning && <p>{t.terminalNotRunning}</p>}
    </div>
  );
}
