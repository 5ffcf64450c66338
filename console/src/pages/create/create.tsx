import { useEffect, useState } from 'preact/hooks';
import { unwrap } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { type KeptDisk, listDisks } from '../../state/calls.ts';
import { homeNamespace, namespaces, rememberNamespace } from '../../state/namespaces.ts';
import { machineHref, navigate, query } from '../../state/router.ts';
import { client } from '../../state/session.ts';
import { Icon } from '../../ui/icons.tsx';
import { manifestOf } from '../../ui/manifest.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemNote } from '../../ui/problem.tsx';
import { useAsync } from '../../ui/use-async.ts';
import { type Draft, sizesOf, type Template, toSpec, withSize, withTemplate } from './draft.ts';
import { TextField } from './field.tsx';
import { MachineForm } from './form.tsx';
import { SameAs } from './same-as.tsx';
import { Submit, useSubmission } from './submit.tsx';

/** Creates a machine. */
export function CreatePage() {
  const t = texts.value;
  usePageTitle(t.createTitle);
  const { data, error, reload } = useAsync(
    async () => (await unwrap(client.GET('/api/v1/templates'))).items,
    [],
  );
  if (error) return <ProblemNote error={error} onRetry={reload} />;
  if (!data) return <p class="loading">{t.loading}</p>;
  return <CreateForm templates={data} />;
}

function firstDraft([template]: readonly Template[]): Draft {
  return {
    name: query.value.get('name') ?? '',
    namespace: query.value.get('namespace') ?? homeNamespace.value ?? '',
    spec: withSize(withTemplate({}, template), sizesOf(template).medium),
  };
}

function CreateForm({ templates }: { templates: readonly Template[] }) {
  const t = texts.value;
  const [draft, setDraft] = useState(() => firstDraft(templates));
  const { name, namespace, spec } = draft;
  const manifest = manifestOf(name, namespace, toSpec(spec));
  const disk = useKeptDisk(draft, setDraft);
  const submission = useSubmission(
    (dryRun) => {
      const params = { query: { namespace, ...(dryRun ? { dryRun: 'true' as const } : {}) } };
      return unwrap(client.POST('/api/v1/devmachines', { params, body: manifest }));
    },
    () => {
      rememberNamespace(namespace);
      navigate(machineHref(namespace, name));
      scrollTo(0, 0);
    },
  );
  return (
    <form
      class="with-aside"
      onSubmit={(event) => {
        event.preventDefault();
        void submission.submit();
      }}
    >
      <div class="main-column">
        <h1>{t.createTitle}</h1>
        <MachineForm
          draft={draft}
          templates={templates}
          errors={submission.errors}
          hostExample={`${name || 'my-machine'}.dev.example.com`}
          onChange={(changed) => setDraft({ ...draft, spec: changed })}
          identity={<Identity draft={draft} onChange={setDraft} />}
        />
        {disk && (
          <p class="note info" role="status">
            <Icon name="disk" />
            {t.keptDiskFound(disk.size)}
          </p>
        )}
        <Submit submission={submission} label={t.create} />
      </div>
      <SameAs method="POST" manifest={manifest} />
    </form>
  );
}

interface IdentityProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

function Identity({ draft, onChange }: IdentityProps) {
  const t = texts.value;
  return (
    <>
      <TextField
        pointer="/metadata/name"
        label={t.name}
        hint={t.nameHint}
        required
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
      />
      <TextField
        pointer="/metadata/namespace"
        label={t.namespace}
        required
        value={draft.namespace}
        suggestions={namespaces.value.names}
        onChange={(namespace) => onChange({ ...draft, namespace })}
      />
    </>
  );
}

/** The disk that an earlier machine of this name has left. The draft gets its size, because a disk cannot shrink. */
function useKeptDisk(draft: Draft, setDraft: (draft: Draft) => void): KeptDisk | undefined {
  const { name, namespace, spec } = draft;
  const { data = [] } = useAsync(
    // Whoever may not see disks can still create machines.
    () => (namespace ? listDisks(namespace).catch(() => []) : Promise.resolve([])),
    [namespace],
  );
  const disk = data.find(({ machine }) => machine === name);
  // Once, when the disk is found.
  useEffect(() => {
    if (!disk) return;
    const { size, storageClassName } = disk;
    const storage = {
      ...(spec['storage'] as object),
      size,
      ...(storageClassName ? { storageClassName } : {}),
    };
    setDraft({ ...draft, spec: { ...spec, storage } });
  }, [disk?.name]);
  return disk;
}
