import { useState } from 'preact/hooks';
import { type Machine, unwrap } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { machineHref } from '../../state/router.ts';
import { client } from '../../state/session.ts';
import { announce } from '../../ui/announce.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem.tsx';
import { DeleteDialog } from './delete-dialog.tsx';

type Power = 'start' | 'stop' | 'restart';

const ICONS: Readonly<Record<Power, IconName>> = { start: 'play', stop: 'stop', restart: 'restart' };

export function Actions({ machine }: { machine: Machine }) {
  const t = texts.value;
  const { name, namespace, spec, deleting } = machine;
  const [busy, setBusy] = useState<Power>();
  const [error, setError] = useState<unknown>();
  const [isDeleting, setDeleting] = useState(false);
  const run = async (action: Power) => {
    setBusy(action);
    setError(undefined);
    try {
      await unwrap(client.POST(`/api/v1/devmachines/${action}`, { params: { query: { name, namespace } } }));
      announce(t.done[action]);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(undefined);
    }
  };
  const possible: Power[] = spec.stopped ? ['start'] : ['restart', 'stop'];
  return (
    <div class="actions">
      <div class="buttons" role="group" aria-label={t.moreActions}>
        {possible.map((action) => (
          <button
            key={action}
            type="button"
            class="button"
            disabled={deleting || busy !== undefined}
            onClick={() => void run(action)}
          >
            <Icon name={ICONS[action]} />
            {t[action]}
          </button>
        ))}
        <a class="button" href={machineHref(namespace, name, 'change')} aria-disabled={deleting}>
          <Icon name="edit" />
          {t.change}
        </a>
        <button type="button" class="button" disabled={deleting} onClick={() => setDeleting(true)}>
          <Icon name="trash" />
          {t.delete}
        </button>
      </div>
      {error !== undefined && <ProblemNote error={error} />}
      {isDeleting && <DeleteDialog machine={machine} onClose={() => setDeleting(false)} />}
    </div>
  );
}
