import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** An editor writes a file in several steps, or puts a new one in its place. */
const SETTLE_MS = 150;

/** Calls back when the file's text is another one; looks at its folder, since the file itself may be replaced. */
export function watchFile(file: string, onChange: () => void, signal: AbortSignal): void {
  let text = readFileSync(file, 'utf8');
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    let now: string;
    try {
      now = readFileSync(file, 'utf8');
    } catch {
      // Gone for the moment; its return is an event too.
      return;
    }
    if (now === text) return;
    text = now;
    onChange();
  };
  watch(dirname(file), { signal }, (_event, name) => {
    if (name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE_MS);
  });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
