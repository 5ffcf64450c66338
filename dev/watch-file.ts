import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** An editor may write a file in several steps, or replace it. */
const SETTLE_MS = 150;

/** Calls `onChange` when the text of the file changes. Watches the folder, because the file may be replaced. */
export function watchFile(file: string, onChange: () => void, signal: AbortSignal): void {
  let text = readFileSync(file, 'utf8');
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    let now: string;
    try {
      now = readFileSync(file, 'utf8');
    } catch {
      // The file is being replaced. Another event follows.
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
