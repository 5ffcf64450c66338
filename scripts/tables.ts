import { ERRORS, type ErrorCode } from '../src/devmachine/errors.ts';
import { PHASE_SUMMARIES } from '../src/devmachine/status/phases.ts';
import { REASON_NAMES, REASONS } from '../src/devmachine/status/reasons.ts';
import { HTTP_PROBLEMS } from '../src/http/responses/http-problems.ts';
import { STATUS } from '../src/http/responses/problems.ts';
import { adminRows } from './admin-settings.ts';

/** The Markdown tables that are generated from the code. */

export const phaseTable = (): string => table(['phase', 'what it means'], Object.entries(PHASE_SUMMARIES));

export const reasonTable = (): string =>
  table(
    ['reason', 'phases', 'what it means', 'hint'],
    REASON_NAMES.map((reason) => {
      const { phases, summary, hint } = REASONS[reason];
      return [`\`${reason}\``, phases.join(', '), summary, hint];
    }),
  );

/** All problem types, in the order of their statuses. */
export function problemTable(): string {
  const problems = [
    ...Object.entries(ERRORS).map(([code, texts]) => ({
      code,
      statuses: [STATUS[code as ErrorCode]],
      ...texts,
    })),
    ...Object.entries(HTTP_PROBLEMS).map(([code, problem]) => ({ code, ...problem })),
  ].sort((one, other) => (one.statuses[0] ?? 0) - (other.statuses[0] ?? 0));
  return table(
    ['type', 'status', 'what it means', 'what to do'],
    problems.map(({ code, statuses, summary, hint }) => [`\`${code}\``, statuses.join(', '), summary, hint]),
  );
}

export const adminTable = (): string => table(['variable', 'what it sets', 'default'], adminRows());

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(toCell).join(' | ')} |`)
    .join('\n');

/** Escapes what Markdown would take for the end of a cell or for HTML. */
const toCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
