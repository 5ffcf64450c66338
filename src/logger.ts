import { type Logger, pino } from 'pino';
import { isObject } from './devmachine/json-pointer.ts';

/** Lines are written in batches: at this interval, or when this many bytes are buffered. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 4_096;

/** Credentials of a request. The fields that lines are meant to have hold none. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'set-cookie', 'sec-websocket-protocol']);
/** A line without these names needs no redaction, which would parse each line again. */
const SUSPICIOUS = new RegExp(`"(?:${[...CREDENTIALS, 'env'].join('|')})":`, 'i');
const REDACTED = '[Redacted]';

/**
 * Options of the log that keep credentials and values of variables out of every line, wherever an object brings them along.
 * pino's own `redact` cannot name a field at any depth, and takes ten times as long as writing a line.
 */
export const LOG_OPTIONS = {
  hooks: {
    streamWrite: (line: string): string =>
      SUSPICIOUS.test(line) ? `${JSON.stringify(JSON.parse(line), redact)}\n` : line,
  },
};

function redact(key: string, value: unknown): unknown {
  if (CREDENTIALS.has(key.toLowerCase())) return REDACTED;
  return key === 'env' && Array.isArray(value) ? value.map(withoutValue) : value;
}

const withoutValue = (variable: unknown): unknown =>
  isObject(variable) && 'value' in variable ? { ...variable, value: REDACTED } : variable;

/**
 * Logs JSON lines to standard output, asynchronously so that a slow reader cannot slow down the API. pino writes what is
 * buffered when the process exits. An uncaught exception is logged before it ends the process.
 */
export function openLogger({ level }: { readonly level: string }): Logger {
  const destination = pino.destination({
    fd: 1,
    sync: false,
    minLength: FLUSH_BYTES,
    periodicFlush: FLUSH_MS,
  });
  const logger = pino({ level, ...LOG_OPTIONS }, destination);
  process.on('uncaughtExceptionMonitor', (err, origin) =>
    logger.fatal({ err, origin }, 'uncaught exception'),
  );
  return logger;
}
