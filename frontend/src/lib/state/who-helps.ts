import { language, t } from '$lib/i18n';
import { app } from './app.svelte';

/** Nobody reads more names than that. */
const MOST = 3;

/** Who can give a missing permission: "Ask Dana Smith or Lee Example." */
export function whoHelps(): string {
  if (app.may('people')) return t('help.yourself');
  const names = (app.state?.managers ?? []).slice(0, MOST);
  const either = new Intl.ListFormat(language, { type: 'disjunction' });
  return t('help.ask', { names: names.length > 0 ? either.format(names) : t('help.somebody') });
}
