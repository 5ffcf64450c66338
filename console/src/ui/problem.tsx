import { ProblemError } from '../../../client/index.ts';
import { texts } from '../i18n/texts.ts';
import { Icon } from './icons.tsx';

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** Why something did not work, in the backend's own words. */
export function ProblemNote({ error, onRetry }: ProblemProps) {
  const t = texts.value;
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const title =
    problem?.status === 403 ? t.forbidden : problem?.status === 401 ? t.unauthenticated : t.problem;
  return (
    <div class="note danger" role="alert">
      <Icon name="alert" />
      <div>
        <strong>{title}</strong>
        <p>{problem?.detail ?? t.unreachable}</p>
        {problem?.errors && (
          <ul>
            {problem.errors.map(({ pointer, parameter, message }) => (
              <li key={`${pointer} ${message}`}>
                <code>{pointer ?? parameter}</code> {message}
              </li>
            ))}
          </ul>
        )}
        {problem?.status === 403 && <p>{t.forbiddenHint}</p>}
        {problem?.instance && (
          <p class="faint">
            {t.requestId}: <code>{problem.instance}</code>
          </p>
        )}
        {onRetry && (
          <button type="button" class="button small" onClick={onRetry}>
            {t.retry}
          </button>
        )}
      </div>
    </div>
  );
}
