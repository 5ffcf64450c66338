import { closeSync, openSync, readSync, watch } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Passes on the text of a file, and the text that is appended to it, until `signal` is aborted. */
export function followFile(file: string, onText: (text: string) => void, signal: AbortSignal): void {
  signal.throwIfAborted();
  const descriptor = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  const readOn = () => {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return;
      onText(decoder.write(buffer.subarray(0, length)));
    }
  };
  watch(file, { signal }, readOn);
  signal.addEventListener('abort', () => closeSync(descriptor), { once: true });
  readOn();
}
