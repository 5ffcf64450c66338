import { useEffect, useRef, useState } from 'preact/hooks';
import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { ago, inFull } from '../../i18n/time.ts';
import { openMachineStore } from '../../state/machine-store.ts';
import { query, setQuery } from '../../state/router.ts';
import { Code } from '../../ui/code.tsx';
import { Icon } from '../../ui/icons.tsx';
import { manifestOf } from '../../ui/manifest.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { PhaseBadge } from '../../ui/phase.tsx';
import { ProblemNote } from '../../ui/problem.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { toYaml } from '../../ui/yaml.ts';
import { Access } from './access.tsx';
import { Actions } from './actions.tsx';
import { Gone } from './gone.tsx';
import { Logs } from './logs.tsx';
import { Size } from './size.tsx';
import { TerminalTab } from './terminal-tab.tsx';
import { Timeline } from './timeline.tsx';

interface MachinePageProps {
  readonly namespace: string;
  readonly name: string;
}

/** One machine, live. */
export function MachinePage({ namespace, name }: MachinePageProps) {
  usePageTitle(name);
  const t = texts.value;
  const [store] = useState(() => openMachineStore({ namespace, name }));
  useEffect(() => () => store.stop(), [store]);
  const last = useRef<Machine>(undefined);
  const [machine] = store.machines.value;
  if (machine) last.current = machine;
  if (store.refusal.value) return <ProblemNote error={store.refusal.value} />;
  if (machine) return <LiveMachine machine={machine} />;
  if (!store.synced.value) return <p class="loading">{t.loading}</p>;
  return <Gone namespace={namespace} name={name} last={last.current} />;
}

function LiveMachine({ machine }: { machine: Machine }) {
  const t = texts.value;
  const { name, namespace, spec } = machine;
  const tabs = [
    { id: 'timeline', label: t.timeline, content: () => <Timeline machine={machine} /> },
    { id: 'logs', label: t.logs, content: () => <Logs machine={machine} /> },
    { id: 'terminal', label: t.terminal, content: () => <TerminalTab machine={machine} /> },
    {
      id: 'yaml',
      label: t.yaml,
      content: () => <Code label={t.yaml} text={toYaml(manifestOf(name, namespace, spec))} />,
    },
  ];
  return (
    <>
      <nav class="crumbs" aria-label={t.toMachines}>
        <a href="/">
          <Icon name="back" />
          {t.toMachines}
        </a>
      </nav>
      <div class="page-head">
        <div class="title">
          <h1>{name}</h1>
          <p class="faint">{namespace}</p>
        </div>
        <Actions machine={machine} />
      </div>
      <State machine={machine} />
      <div class="facts">
        <Access machine={machine} />
        <Size machine={machine} />
      </div>
      <Tabs
        label={name}
        tabs={tabs}
        selected={query.value.get('tab') ?? 'timeline'}
        onSelect={(tab) => setQuery({ tab })}
      />
    </>
  );
}

/** What the machine is doing, why, and what to do about it. */
function State({ machine }: { machine: Machine }) {
  const t = texts.value;
  const { phase, reason, message, hint, since, restartPending, resources } = machine;
  return (
    <section class="card state" data-phase={phase} aria-label={t.columnWhat}>
      {/* A screen reader says each change. */}
      <div role="status">
        <p class="state-head">
          <PhaseBadge phase={phase} />
          <code class="reason">{reason}</code>
          <time class="faint" dateTime={since} title={inFull(since)}>
            {ago(since)}
          </time>
        </p>
        {t.reasons[reason] && <p class="message">{t.reasons[reason]}</p>}
        <p class="message">{message}</p>
        {hint && (
          <p class="hint-line">
            <Icon name="info" />
            <span>
              <strong>{t.whatToDo}:</strong> {hint}
            </span>
          </p>
        )}
      </div>
      {restartPending && <p class="faint">{t.restartPending}</p>}
      {resources.unknown.length > 0 && <p class="faint">{t.noRightToSee(resources.unknown.join(', '))}</p>}
    </section>
  );
}
