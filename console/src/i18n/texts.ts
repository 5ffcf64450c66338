import { computed, effect, signal } from '@preact/signals';
import { remembered } from '../state/remembered.ts';
import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

const LANGUAGES = { en, zh } satisfies Record<string, Texts>;

export type Language = keyof typeof LANGUAGES;

const preferred = (): Language => (navigator.language.startsWith('zh') ? 'zh' : 'en');

export const language = signal<Language>(remembered.read('language', ['en', 'zh']) ?? preferred());

/** The texts in the chosen language. */
export const texts = computed<Texts>(() => LANGUAGES[language.value]);

effect(() => {
  document.documentElement.lang = language.value;
});

export function setLanguage(value: Language): void {
  language.value = value;
  remembered.write('language', value);
}
