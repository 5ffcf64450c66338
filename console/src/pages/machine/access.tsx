import { useState } from 'preact/hooks';
import type { Machine } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { type MachineAccess, readAccess } from '../../state/calls.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icons.tsx';
import { ProblemNote } from '../../ui/problem.tsx';

/** How to get into the machine. */
export function Access({ machine }: { machine: Machine }) {
  const t = texts.value;
  const { name, url, spec } = machine;
  return (
    <section class="card" aria-label={t.access}>
      <h2>{t.access}</h2>
      <dl class="pairs">
        <dt>{t.address}</dt>
        <dd>
          {url ? (
            <code>{url}</code>
          ) : (
            <span class="muted">{spec.ingressDomain ? t.noAddress : t.noHost}</span>
          )}
        </dd>
      </dl>
      <Password machine={machine} />
      {url && (
        <a
          class="button primary"
          href={url}
          target="_blank"
          rel="noreferrer"
          aria-label={`${t.openIde}: ${name} (${t.opensNewTab})`}
        >
          {t.openIde}
          <Icon name="external" />
        </a>
      )}
    </section>
  );
}

/** The password is fetched when somebody asks for it, and forgotten when the page is left. */
function Password({ machine: { namespace, name } }: { machine: Machine }) {
  const t = texts.value;
  const [access, setAccess] = useState<MachineAccess>();
  const [error, setError] = useState<unknown>();
  const show = () => {
    setError(undefined);
    readAccess(namespace, name).then(setAccess, setError);
  };
  const password = async () => (await readAccess(namespace, name)).password ?? '';
  return (
    <div class="password">
      {access ? (
        <ShownAccess access={access} onHide={() => setAccess(undefined)} />
      ) : (
        <div class="buttons">
          <button type="button" class="button small" onClick={show}>
            <Icon name="eye" />
            {t.showPassword}
          </button>
          <CopyButton label={t.copyPassword} text={password} onError={setError} />
        </div>
      )}
      {error !== undefined && <ProblemNote error={error} />}
    </div>
  );
}

function ShownAccess({ access: { kind, password }, onHide }: { access: MachineAccess; onHide: () => void }) {
  const t = texts.value;
  if (kind === 'proxy') return <p class="muted">{t.accessProxy}</p>;
  return (
    <>
      {kind === 'none' && <p class="muted">{t.accessNone}</p>}
      {password && (
        <dl class="pairs">
          <dt>{kind === 'token' ? t.accessToken : t.password}</dt>
          <dd>
            <output class="secret">{password}</output>
            <div class="buttons">
              <CopyButton text={password} />
              <button type="button" class="button small" onClick={onHide}>
                {t.hide}
              </button>
            </div>
          </dd>
        </dl>
      )}
    </>
  );
}
