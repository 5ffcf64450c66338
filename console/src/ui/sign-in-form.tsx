import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ProblemError } from '../../../client/index.ts';
import type { Texts } from '../i18n/en.ts';
import { texts } from '../i18n/texts.ts';
import { configuration, signIn } from '../state/session.ts';

interface SignInFormProps {
  readonly onCancel?: () => void;
}

export function SignInForm({ onCancel }: SignInFormProps) {
  const t = texts.value;
  const { oidc } = configuration.value;
  const [error, setError] = useState('');
  // The window of the issuer may be closed without an answer: another attempt ends the former one.
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const attempt = async (obtain: (signal: AbortSignal) => Promise<string>) => {
    current.current?.abort();
    current.current = new AbortController();
    const { signal } = current.current;
    setError('');
    try {
      await signIn(await obtain(signal));
    } catch (thrown) {
      if (!signal.aborted) setError(explain(thrown, t));
    }
  };
  return (
    <div class="sign-in-form">
      {oidc && (
        <>
          <button type="button" class="button primary wide" onClick={() => void attempt(atIssuer)}>
            {t.signInWithIssuer(new URL(oidc.issuer).host)}
          </button>
          <p class="or">{t.orToken}</p>
        </>
      )}
      <TokenForm onToken={(token) => void attempt(async () => token)} onCancel={onCancel} />
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface TokenFormProps {
  readonly onToken: (token: string) => void;
  readonly onCancel: (() => void) | undefined;
}

function TokenForm({ onToken, onCancel }: TokenFormProps) {
  const t = texts.value;
  const id = useId();
  const [value, setValue] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    onToken(value.trim());
  };
  return (
    <form onSubmit={submit}>
      <label for={id}>{t.token}</label>
      <input
        id={id}
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        {t.tokenHint}
      </p>
      <div class="buttons">
        <button type="submit" class="button primary">
          {t.signIn}
        </button>
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {t.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

/** The code is needed only by those who sign in there. */
async function atIssuer(signal: AbortSignal): Promise<string> {
  const popup = open('about:blank', '_blank', 'popup,width=520,height=680');
  const { signInAtIssuer } = await import('../state/oidc.ts');
  return signInAtIssuer(popup, signal);
}

function explain(error: unknown, t: Texts): string {
  if (error instanceof ProblemError) {
    return error.problem.status === 401 ? t.tokenRefused : error.problem.detail;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (message === 'blocked') return t.signInWindowBlocked;
  return t.signInFailed(message);
}
