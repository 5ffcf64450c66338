import { useState } from 'preact/hooks';
import { type Machine, ProblemError, unwrap } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { machineHref, navigate } from '../../state/router.ts';
import { client } from '../../state/session.ts';
import { Icon } from '../../ui/icons.tsx';
import { manifestOf } from '../../ui/manifest.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemNote } from '../../ui/problem.tsx';
import { useAsync } from '../../ui/use-async.ts';
import { type DraftSpec, type Template, toSpec } from './draft.ts';
import { MachineForm } from './form.tsx';
import { SameAs } from './same-as.tsx';
import { Submit, useSubmission } from './submit.tsx';

interface ChangePageProps {
  readonly namespace: string;
  readonly name: string;
}

/** Changes a machine. What somebody else changes meanwhile is not overwritten. */
export function ChangePage({ namespace, name }: ChangePageProps) {
  const t = texts.value;
  usePageTitle(t.changeTitle(name));
  const { data, error, reload } = useAsync(async () => {
    const [machine, templates] = await Promise.all([
      readMachine(namespace, name),
      unwrap(client.GET('/api/v1/templates')),
    ]);
    return { ...machine, templates: templates.items };
  }, [namespace, name]);
  if (error) return <ProblemNote error={error} onRetry={reload} />;
  if (!data) return <p class="loading">{t.loading}</p>;
  return <ChangeForm key={data.etag} {...data} onReload={reload} />;
}

async function readMachine(namespace: string, name: string) {
  const call = client.GET('/api/v1/devmachines/status', { params: { query: { namespace, name } } });
  const machine = await unwrap(call);
  return { machine, etag: (await call).response.headers.get('etag') ?? '' };
}

interface ChangeFormProps {
  readonly machine: Machine;
  readonly etag: string;
  readonly templates: readonly Template[];
  readonly onReload: () => void;
}

function ChangeForm({ machine, etag, templates, onReload }: ChangeFormProps) {
  const t = texts.value;
  const { name, namespace } = machine;
  const [spec, setSpec] = useState<DraftSpec>(() => ({ ...machine.spec }));
  const [force, setForce] = useState(false);
  const manifest = manifestOf(name, namespace, toSpec(spec));
  const submission = useSubmission(
    (dryRun) => {
      const query = {
        namespace,
        ...(dryRun ? { dryRun: 'true' as const } : {}),
        ...(force ? { force: 'true' as const } : {}),
      };
      const params = { query, header: { 'if-match': etag } };
      return unwrap(client.PUT('/api/v1/devmachines', { params, body: manifest }));
    },
    () => navigate(machineHref(namespace, name)),
  );
  const { error } = submission;
  const code = error instanceof ProblemError ? error.code : '';
  return (
    <form
      class="with-aside"
      onSubmit={(event) => {
        event.preventDefault();
        void submission.submit();
      }}
    >
      <div class="main-column">
        <div class="form-head">
          <nav class="crumbs" aria-label={name}>
            <a href={machineHref(namespace, name)}>
              <Icon name="back" />
              {name}
            </a>
          </nav>
          <h1>{t.changeTitle(name)}</h1>
          <p class="muted">{t.changeRestarts}</p>
        </div>
        <MachineForm
          draft={{ name, namespace, spec }}
          templates={templates}
          errors={submission.errors}
          hostExample={`${name}.dev.example.com`}
          onChange={setSpec}
        />
        <Submit submission={submission} label={t.save} />
        {code === 'precondition-failed' && (
          <button type="button" class="button" onClick={onReload}>
            {t.reloadSpec}
          </button>
        )}
        {(code === 'conflict' || force) && (
          <label class="check">
            <input type="checkbox" checked={force} onChange={() => setForce(!force)} />
            {t.takeOver}
          </label>
        )}
      </div>
      <SameAs method="PUT" manifest={manifest} />
    </form>
  );
}
