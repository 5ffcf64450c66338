import { ERRORS, type ErrorCode } from '../src/devmachine/errors.ts';
import { PHASE_SUMMARIES } from '../src/devmachine/status/phases.ts';
import { REASON_NAMES, REASONS } from '../src/devmachine/status/reasons.ts';
import { HTTP_PROBLEMS } from '../src/http/responses/http-problems.ts';
import { STATUS } from '../src/http/responses/problems.ts';

/** The tables in docs/ that are generated from the code. */
const TABLES = {
  phases: () => table(['phase', 'what it means'], Object.entries(PHASE_SUMMARIES)),
  reasons: () =>
    table(
      ['reason', 'phases', 'what it means', 'hint'],
      REASON_NAMES.map((reason) => {
        const { phases, summary, hint } = REASONS[reason];
        return [`\`${reason}\``, phases.join(', '), summary, hint];
      }),
    ),
  problems: () =>
    table(
      ['type', 'status', 'what it means', 'what to do'],
      problems().map(({ code, statuses, summary, hint }) => [
        `\`${code}\``,
        statuses.join(', '),
        summary,
        hint,
      ]),
    ),
};

export type TableName = keyof typeof TABLES;

/** A Markdown document with the current tables between their markers. Throws if the markers of a table are missing. */
export const withTables = (document: string, ...names: TableName[]): string =>
  names.reduce(withTable, document);

function withTable(document: string, name: TableName): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The markers ${start} and ${end} are missing.`);
  return `${document.slice(0, from)}${start}\n\n${TABLES[name]()}\n\n${document.slice(to)}`;
}

/** All problem types, in the order of their statuses. */
const problems = () =>
  [
    ...Object.entries(ERRORS).map(([code, texts]) => ({
      code,
      statuses: [STATUS[code as ErrorCode]],
      ...texts,
    })),
    ...Object.entries(HTTP_PROBLEMS).map(([code, problem]) => ({ code, ...problem })),
  ].sort((one, other) => (one.statuses[0] ?? 0) - (other.statuses[0] ?? 0));

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(toCell).join(' | ')} |`)
    .join('\n');

/** Escapes what Markdown would take for the end of a cell or for HTML. */
const toCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
