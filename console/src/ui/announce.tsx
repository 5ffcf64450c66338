import { signal } from '@preact/signals';

const SHOWN_MS = 6_000;

const message = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells what has just happened, on the screen and to screen readers. */
export function announce(text: string): void {
  message.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => (message.value = ''), SHOWN_MS);
}

export const Announcements = () => (
  <div class="toast" role="status" data-shown={message.value !== ''}>
    {message}
  </div>
);
