import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icons.tsx';

interface GoneProps {
  readonly namespace: string;
  readonly name: string;
  /** The machine as it was when it was deleted; undefined if it was not there. */
  readonly last: Machine | undefined;
}

export function Gone({ namespace, name, last }: GoneProps) {
  const t = texts.value;
  const { storage } = last?.spec ?? {};
  const isDiskKept = storage !== undefined && storage.retention !== 'Delete';
  return (
    <div class="empty">
      <Icon name="machine" />
      <h1>{last ? t.machineDeleted(name) : t.machineGone(name)}</h1>
      {isDiskKept && <p>{t.diskStays}</p>}
      <div class="buttons">
        <a class="button primary" href={`/create?${new URLSearchParams({ namespace, name })}`}>
          {last ? t.createAgain : t.newMachine}
        </a>
        <a class="button" href="/">
          {t.toMachines}
        </a>
      </div>
    </div>
  );
}
