import { computed, signal } from '@preact/signals';
import { language } from './texts.ts';

/** The time, for ages that are shown. */
const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 10_000);

/** A format is expensive to make, and a list shows many times. */
const age = computed(() => new Intl.RelativeTimeFormat(language.value, { numeric: 'auto', style: 'short' }));
const full = computed(
  () => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'medium' }),
);

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago a time was, such as "5 minutes ago". */
export function ago(time: string): string {
  const seconds = Math.max(0, (now.value - Date.parse(time)) / 1_000);
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? [];
  // Seconds that jump by ten would be wrong most of the time.
  return unit === undefined
    ? age.value.format(0, 'second')
    : age.value.format(-Math.floor(seconds / length), unit);
}

/** A time in full, in the local time zone. */
export const inFull = (time: string): string => full.value.format(new Date(time));
