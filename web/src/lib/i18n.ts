// Words of the page. English is part of the page itself, as far as the grid needs it; the other
// languages come as files of their own when they are chosen. A key that a language lacks is a compile
// error, see locales/.
import { createSubscriber } from 'svelte/reactivity';
import { en } from '../locales/en';
import type { en_screens } from '../locales/en_screens';

export type Key = keyof typeof en | keyof typeof en_screens;
export type Words = Record<Key, string>;

export const languages = ['en', 'de', 'fr', 'es', 'ja'] as const;
export type Language = (typeof languages)[number];

const loaders: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
  de: async () => (await import('../locales/de')).de,
  fr: async () => (await import('../locales/fr')).fr,
  es: async () => (await import('../locales/es')).es,
  ja: async () => (await import('../locales/ja')).ja,
};

const english = { ...en } as Words; // REQUIRES for the other screens: loadScreenWords()
let words = english;
let chosen: Language = 'en';
let notify: (() => void) | undefined;
const subscribe = createSubscriber((update) => {
  notify = update;
  return () => (notify = undefined);
});

export function language(): Language {
  subscribe();
  return chosen;
}

/** A sentence; `{name}` in it is replaced, and of `one|many` the form that fits {n} is taken. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  subscribe();
  return compose(words[key], values);
}

export function compose(text: string, values: Record<string, string | number>): string {
  const [one, many] = text.split('|');
  const form = many !== undefined && values['n'] !== 1 ? many : one!;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What the screens beside the grid say in English. */
export async function loadScreenWords(): Promise<void> {
  Object.assign(english, (await import('../locales/en_screens')).en_screens);
}

export async function chooseLanguage(next: Language): Promise<void> {
  words = next === 'en' ? english : await loaders[next]();
  chosen = next;
  document.documentElement.lang = next;
  localStorage.setItem('language', next);
  notify?.();
}

/** The stored choice, else the first of the browser's languages that we have. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem('language') ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const found = languages.find((one) => one === tag.slice(0, 2).toLowerCase());
    if (found) return found;
  }
  return 'en';
}
