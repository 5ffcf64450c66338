import { type Logger, pino } from 'pino';

/** Lines are written together: at the latest after this time, or when there are so many bytes of them. */
const FLUSH_MS = 100;
const FLUSH_BYTES = 4_096;

/**
 * Lines go to standard output without anybody waiting for them: a reader that is slow must not make the API slow. pino
 * writes what is left when the process exits; what ends it by surprise is a line, too.
 */
export function openLogger({ level }: { readonly level: string }): Logger {
  const destination = pino.destination({
    fd: 1,
    sync: false,
    minLength: FLUSH_BYTES,
    periodicFlush: FLUSH_MS,
  });
  const logger = pino({ level }, destination);
  process.on('uncaughtExceptionMonitor', (err, origin) => logger.fatal({ err, origin }, 'the process ends'));
  return logger;
}
