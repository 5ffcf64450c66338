import { useState } from 'preact/hooks';
import { ProblemError } from '../../../../client/index.ts';
import { texts } from '../../i18n/texts.ts';
import { expired } from '../../state/session.ts';
import { announce } from '../../ui/announce.tsx';
import { ProblemNote } from '../../ui/problem.tsx';
import { type FieldErrors, fieldErrorsOf } from './errors.ts';

export interface Submission {
  readonly errors: FieldErrors;
  readonly error: unknown;
  readonly isBusy: boolean;
  /** Asks the cluster whether it would accept the machine. */
  check(): Promise<void>;
  /** Asks first, and then sends it. */
  submit(): Promise<void>;
  clear(): void;
}

/** Sends a machine, first as a dry run. `send` throws a ProblemError if it is refused. */
export function useSubmission(send: (dryRun: boolean) => Promise<unknown>, onDone: () => void): Submission {
  const [errors, setErrors] = useState<FieldErrors>(new Map());
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const clear = () => {
    setErrors(new Map());
    setError(undefined);
  };
  const attempt = async (work: () => Promise<void>) => {
    clear();
    setBusy(true);
    try {
      await work();
    } catch (thrown) {
      setError(thrown);
      if (thrown instanceof ProblemError) {
        setErrors(fieldErrorsOf(thrown));
        requestAnimationFrame(focusFirstInvalid);
      }
    } finally {
      setBusy(false);
    }
  };
  return {
    errors,
    error,
    isBusy,
    clear,
    check: () =>
      attempt(async () => {
        await send(true);
        announce(texts.peek().checkPassed);
      }),
    submit: () =>
      attempt(async () => {
        await send(true);
        await send(false);
        onDone();
      }),
  };
}

function focusFirstInvalid(): void {
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

interface SubmitProps {
  readonly submission: Submission;
  readonly label: string;
}

/** The buttons of the form, and what was wrong with the last attempt. */
export function Submit({ submission, label }: SubmitProps) {
  const t = texts.value;
  const { error, isBusy, check } = submission;
  const isExpired = expired.value && error instanceof ProblemError && error.problem.status === 401;
  return (
    <div class="submit">
      {error !== undefined && !isExpired && <ProblemNote error={error} />}
      <div class="buttons">
        <button type="submit" class="button primary" disabled={isBusy}>
          {isBusy ? t.checking : label}
        </button>
        <button type="button" class="button" disabled={isBusy} onClick={() => void check()}>
          {t.check}
        </button>
      </div>
    </div>
  );
}
