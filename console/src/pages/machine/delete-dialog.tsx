import { useState } from 'preact/hooks';
import { type Machine, unwrap } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { client } from '../../state/session.ts';
import { announce } from '../../ui/announce.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

interface DeleteDialogProps {
  readonly machine: Machine;
  readonly onClose: () => void;
}

/** Deletes a machine, and keeps its disk unless the person chooses otherwise. */
export function DeleteDialog({ machine, onClose }: DeleteDialogProps) {
  const t = texts.value;
  const { name, namespace, spec } = machine;
  const [purge, setPurge] = useState(false);
  const hasDisk = spec.storage !== undefined;
  const goesWithIt = spec.storage?.retention === 'Delete';
  const remove = async () => {
    const query = { name, namespace, ...(purge ? { purge: 'true' as const } : {}) };
    await unwrap(client.DELETE('/api/v1/devmachines', { params: { query } }));
    announce(t.deleting);
    onClose();
  };
  return (
    <ConfirmDialog
      title={t.deleteTitle(name)}
      name={purge || goesWithIt || !hasDisk ? name : undefined}
      action={t.deleteMachine}
      onConfirm={remove}
      onClose={onClose}
    >
      {!hasDisk && <p>{t.deleteNoDisk}</p>}
      {goesWithIt && <p>{t.deleteRetention}</p>}
      {hasDisk && !goesWithIt && (
        <fieldset class="options">
          <legend class="visually-hidden">{t.disk}</legend>
          <Option
            title={t.deleteKeep}
            hint={t.deleteKeepHint}
            isChosen={!purge}
            onChoose={() => setPurge(false)}
          />
          <Option
            title={t.deletePurge}
            hint={t.deletePurgeHint}
            isChosen={purge}
            onChoose={() => setPurge(true)}
          />
        </fieldset>
      )}
    </ConfirmDialog>
  );
}

interface OptionProps {
  readonly title: string;
  readonly hint: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const Option = ({ title, hint, isChosen, onChoose }: OptionProps) => (
  <label class="option">
    <input type="radio" name="disk" checked={isChosen} onChange={onChoose} />
    <span>
      <strong>{title}</strong>
      <span class="hint">{hint}</span>
    </span>
  </label>
);
