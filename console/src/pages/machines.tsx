import { useEffect, useState } from 'preact/hooks';
import type { Machine, Phase } from '../../../client/index.ts';
import { texts } from '../i18n/texts.ts';
import { openMachineStore } from '../state/machine-store.ts';
import { allRefused, namespace } from '../state/namespaces.ts';
import { query, setQuery } from '../state/router.ts';
import { Icon } from '../ui/icons.tsx';
import { NamespaceChooser } from '../ui/namespace-chooser.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { ProblemNote } from '../ui/problem.tsx';
import { MachineTable } from './machines-table.tsx';
import { PhaseFilter } from './phase-filter.tsx';

export function MachinesPage() {
  const t = texts.value;
  usePageTitle(t.machines);
  const shown = namespace.value;
  return (
    <>
      <div class="page-head">
        <h1>{t.machines}</h1>
        <NamespaceChooser withAll />
        <a class="button primary" href={`/create${shown ? `?namespace=${shown}` : ''}`}>
          <Icon name="plus" />
          {t.newMachine}
        </a>
      </div>
      <MachineList key={shown ?? ''} namespace={shown} />
    </>
  );
}

function MachineList({ namespace }: { namespace: string | undefined }) {
  const t = texts.value;
  const [store] = useState(() => openMachineStore({ namespace }));
  useEffect(() => () => store.stop(), [store]);
  const refusal = store.refusal.value;
  const isRefused = refusal?.problem.status === 403;
  useEffect(() => {
    if (isRefused && namespace === undefined) allRefused.value = true;
  }, [isRefused, namespace]);
  if (refusal && !(isRefused && namespace === undefined)) return <ProblemNote error={refusal} />;
  const machines = store.machines.value;
  if (!store.synced.value && machines.length === 0) return <p class="loading">{t.loading}</p>;
  if (machines.length === 0) return <NoMachines />;
  return <FilteredMachines machines={machines} withNamespace={namespace === undefined} />;
}

function NoMachines() {
  const t = texts.value;
  return (
    <div class="empty">
      <Icon name="machine" />
      <h2>{t.noMachines}</h2>
      <p>{t.noMachinesHint}</p>
    </div>
  );
}

interface FilteredMachinesProps {
  readonly machines: readonly Machine[];
  readonly withNamespace: boolean;
}

function FilteredMachines({ machines, withNamespace }: FilteredMachinesProps) {
  const t = texts.value;
  const text = query.value.get('q') ?? '';
  const phase = (query.value.get('phase') ?? '') as Phase | '';
  const found = filter(machines, text);
  const shown = phase ? found.filter((machine) => machine.phase === phase) : found;
  return (
    <>
      <div class="filters">
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">{t.search}</span>
          <input
            type="search"
            placeholder={t.search}
            value={text}
            onInput={(event) => setQuery({ q: event.currentTarget.value })}
          />
        </label>
        <PhaseFilter machines={found} selected={phase} onSelect={(value) => setQuery({ phase: value })} />
      </div>
      <p class="count faint" role="status">
        {t.countOf(shown.length, machines.length)}
      </p>
      {shown.length > 0 ? (
        <MachineTable machines={shown} withNamespace={withNamespace} />
      ) : (
        <div class="empty">
          <p>{t.noMatch}</p>
          <button type="button" class="button" onClick={() => setQuery({ q: '', phase: '' })}>
            {t.clearFilter}
          </button>
        </div>
      )}
    </>
  );
}

function filter(machines: readonly Machine[], text: string): readonly Machine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return machines;
  return machines.filter(({ name, namespace, reason, message }) => {
    const searched = `${name} ${namespace} ${reason} ${message}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
