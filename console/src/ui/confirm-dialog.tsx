import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { texts } from '../i18n/texts.ts';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** What must be typed; undefined if nothing is lost. */
  readonly name: string | undefined;
  readonly action: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something is deleted. Where data is lost, its name must be typed. */
export function ConfirmDialog({ title, name, action, onConfirm, onClose, children }: ConfirmDialogProps) {
  const t = texts.value;
  const id = useId();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await onConfirm().catch(setError);
    setBusy(false);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {children}
        {name !== undefined && (
          <>
            <label for={id}>{t.typeName(name)}</label>
            <input
              id={id}
              autocomplete="off"
              spellcheck={false}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </>
        )}
        {error !== undefined && <ProblemNote error={error} />}
        <div class="buttons">
          <button
            type="submit"
            class="button destructive"
            disabled={isBusy || (name !== undefined && typed !== name)}
          >
            {action}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
