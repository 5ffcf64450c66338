import { effect, signal } from '@preact/signals';
import { remembered } from './remembered.ts';

const THEMES = ['auto', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(remembered.read('theme', THEMES) ?? 'auto');

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export function setTheme(value: Theme): void {
  theme.value = value;
  remembered.write('theme', value);
}
