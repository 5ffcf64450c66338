import { type Logger, pino } from 'pino';

/** Lines are written in batches: at this interval, or when this many bytes are buffered. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 4_096;

/**
 * What no line may contain, wherever an object brings it along: credentials of a request, and values of variables. The
 * fields that lines are meant to have hold neither.
 */
export const REDACTED_PATHS: readonly string[] = ['', '*.', '*.*.'].flatMap((level) => [
  `${level}authorization`,
  // It may carry a token of a WebSocket.
  `${level}["sec-websocket-protocol"]`.replace('.[', '['),
  `${level}cookie`,
  `${level}["set-cookie"]`.replace('.[', '['),
  `${level}env[*].value`,
]);

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
  const logger = pino({ level, redact: [...REDACTED_PATHS] }, destination);
  process.on('uncaughtExceptionMonitor', (err, origin) =>
    logger.fatal({ err, origin }, 'uncaught exception'),
  );
  return logger;
}
