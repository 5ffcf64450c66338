import { useState } from 'preact/hooks';
import { texts } from '../i18n/texts.ts';
import { ago, inFull } from '../i18n/time.ts';
import { deleteDisk, type KeptDisk, listDisks } from '../state/calls.ts';
import { homeNamespace, namespace as shownNamespace } from '../state/namespaces.ts';
import { announce } from '../ui/announce.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { NamespaceChooser } from '../ui/namespace-chooser.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { ProblemNote } from '../ui/problem.tsx';
import { useAsync } from '../ui/use-async.ts';

/** The disks of one namespace that have outlived their machines. */
export function DisksPage() {
  const t = texts.value;
  usePageTitle(t.disks);
  const namespace = shownNamespace.value ?? homeNamespace.value;
  return (
    <>
      <div class="page-head">
        <h1>{t.disks}</h1>
        <NamespaceChooser withAll={false} />
      </div>
      <p class="muted">{t.disksIntro}</p>
      {namespace ? (
        <Disks key={namespace} namespace={namespace} />
      ) : (
        <p class="empty">{t.disksNeedNamespace}</p>
      )}
    </>
  );
}

function Disks({ namespace }: { namespace: string }) {
  const t = texts.value;
  const { data, error, reload } = useAsync(() => listDisks(namespace), [namespace]);
  const [toDelete, setToDelete] = useState<KeptDisk>();
  if (error) return <ProblemNote error={error} onRetry={reload} />;
  if (!data) return <p class="loading">{t.loading}</p>;
  if (data.length === 0) {
    return (
      <div class="empty">
        <Icon name="disk" />
        <h2>{t.noDisks}</h2>
        <p>{t.noDisksHint}</p>
      </div>
    );
  }
  const remove = async ({ name }: KeptDisk) => {
    await deleteDisk(namespace, name);
    announce(t.diskDeleted(name));
    setToDelete(undefined);
    reload();
  };
  return (
    <>
      <ul class="disks">
        {data.map((disk) => (
          <DiskCard key={disk.name} disk={disk} namespace={namespace} onDelete={() => setToDelete(disk)} />
        ))}
      </ul>
      {toDelete && (
        <ConfirmDialog
          title={t.deleteDiskTitle(toDelete.name)}
          name={toDelete.name}
          action={t.deleteDisk}
          onConfirm={() => remove(toDelete)}
          onClose={() => setToDelete(undefined)}
        >
          <p>{t.deleteDiskHint}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface DiskCardProps {
  readonly disk: KeptDisk;
  readonly namespace: string;
  readonly onDelete: () => void;
}

function DiskCard({ disk, namespace, onDelete }: DiskCardProps) {
  const t = texts.value;
  const { name, machine, size, storageClassName, createdAt } = disk;
  return (
    <li class="card disk">
      <Icon name="disk" />
      <div class="disk-facts">
        <h2>{machine}</h2>
        <p class="faint">
          {size}
          {storageClassName && ` · ${storageClassName}`} · {t.createdAt}{' '}
          <time dateTime={createdAt} title={inFull(createdAt)}>
            {ago(createdAt)}
          </time>
        </p>
      </div>
      <div class="buttons">
        <a
          class="button primary"
          href={`/create?${new URLSearchParams({ namespace, name: machine })}`}
          aria-label={`${t.useAgain}: ${machine}`}
        >
          {t.useAgain}
        </a>
        <button type="button" class="button" aria-label={`${t.deleteDisk}: ${name}`} onClick={onDelete}>
          <Icon name="trash" />
          {t.deleteDisk}
        </button>
      </div>
    </li>
  );
}
