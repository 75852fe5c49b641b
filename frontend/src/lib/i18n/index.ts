/**
 * All words of the window are in en.json, those of VALD Hub in hub.json; a
 * translation is one more such file each.
 * `t` fills in the clinic's own word for a client ({{client}}, {{clients}},
 * {{Client}}, {{Clients}}) and picks plural forms by `count`.
 */
import i18next from 'i18next';
import en from './en.json';
import type hub from './hub.json';
import { isolated } from './isolate';
import { words } from './words.svelte';

type Leaves<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string
    ? `${Prefix}${WithoutPlural<Key>}`
    : Leaves<Tree[Key], `${Prefix}${Key}.`>;
}[keyof Tree & string];
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}`
  ? Stem
  : Key;

/** A text of the catalogue; a misspelt one does not compile. */
export type TextKey = Leaves<typeof en> | Leaves<typeof hub>;

export type TextValues = Record<string, string | number>;

/** The language of the words; dates and numbers follow the system's locale. */
export const language = 'en';

const catalogue = i18next.createInstance();
void catalogue.init({
  lng: language,
  fallbackLng: language,
  initAsync: false,
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // Svelte escapes
});

/** Adds words that only some screens need, and that are read with them. */
export const add = (words: object) => {
  catalogue.addResourceBundle(language, 'translation', words, true);
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const kept = (value: string | number) => (typeof value === 'string' ? isolated(value) : value);

export function t(key: TextKey, values: TextValues = {}): string {
  const client = words.one();
  const clients = words.many();
  return catalogue.t(key, {
    client,
    clients,
    Client: capital(client),
    Clients: capital(clients),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, kept(value)])),
  });
}
