import { signal } from '@preact/signals';
import type { Machine } from '../../../client/index.ts';
import { texts } from '../i18n/texts.ts';
import { ago, inFull } from '../i18n/time.ts';
import { machineHref } from '../state/router.ts';
import { Icon } from '../ui/icons.tsx';
import { PhaseBadge } from '../ui/phase.tsx';
import { sizeOf } from '../ui/resources.ts';
import { VirtualRows } from '../ui/virtual-rows.tsx';

interface MachineTableProps {
  readonly machines: readonly Machine[];
  readonly withNamespace: boolean;
}

/** The heights that styles/machines.css gives to a row, on a wide window and on a phone. */
const ROW_PX = { wide: 64, narrow: 116 };

const narrow = matchMedia('(max-width: 720px)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', () => (isNarrow.value = narrow.matches));

/** A table by its roles, because only the rows in the window exist, and they are positioned. */
export function MachineTable({ machines, withNamespace }: MachineTableProps) {
  const t = texts.value;
  const columns = [t.columnName, t.columnPhase, t.columnWhat, t.columnSize, t.columnSince];
  return (
    <div role="table" class="machines card" aria-label={t.machines} aria-rowcount={machines.length + 1}>
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column} role="columnheader">
              {column}
            </span>
          ))}
          <span role="columnheader">
            <span class="visually-hidden">{t.open}</span>
          </span>
        </div>
      </div>
      <VirtualRows items={machines} rowHeight={isNarrow.value ? ROW_PX.narrow : ROW_PX.wide}>
        {(machine, index) => (
          <MachineRow key={machine.uid} machine={machine} index={index} withNamespace={withNamespace} />
        )}
      </VirtualRows>
    </div>
  );
}

interface MachineRowProps {
  readonly machine: Machine;
  readonly index: number;
  readonly withNamespace: boolean;
}

function MachineRow({ machine, index, withNamespace }: MachineRowProps) {
  const t = texts.value;
  const { name, namespace, phase, reason, message, spec, since, url } = machine;
  return (
    <div role="row" class="row" aria-rowindex={index + 2}>
      <span role="cell" class="cell-name">
        <a href={machineHref(namespace, name)}>{name}</a>
        {withNamespace && <span class="faint">{namespace}</span>}
      </span>
      <span role="cell">
        <PhaseBadge phase={phase} />
      </span>
      <span role="cell" class="cell-what" title={message}>
        {t.reasons[reason] ?? message}
      </span>
      <span role="cell" class="cell-size">
        {sizeOf(spec)}
      </span>
      <span role="cell" class="cell-since">
        <time dateTime={since} title={inFull(since)}>
          {ago(since)}
        </time>
      </span>
      <span role="cell" class="cell-open">
        {url && (
          <a
            class="button small"
            href={url}
            target="_blank"
            rel="noreferrer"
            aria-label={`${t.openIde}: ${name}`}
          >
            {t.open}
            <Icon name="external" />
          </a>
        )}
      </span>
    </div>
  );
}
