import {
  api,
  toErrorView,
  type ErrorView,
  type PersonDetails,
  type PersonView,
  type RoleView,
} from '$lib/api';
import { t } from '$lib/i18n';

/** Enough to catch a slip; Go decides. */
export const looksLikeEmail = (text: string) => /^\S+@\S+\.\S+$/.test(text.trim());

/** Who may sign in comes first, then by name. */
const inOrder = (a: PersonView, b: PersonView) =>
  Number(b.active) - Number(a.active) || a.name.localeCompare(b.name);

const detailsOf = ({ name, email, permissions, active }: PersonView): PersonDetails => ({
  name,
  email,
  permissions,
  active,
});

/**
 * The accounts on this computer. What changes them rejects as Go does, and needs the
 * own password of whoever does it.
 */
export class People {
  all = $state.raw<PersonView[] | null>(null);
  /** What may be chosen for them; known before they are. */
  roles = $state.raw<readonly RoleView[]>([]);
  problem = $state.raw<ErrorView | null>(null);
  /** What was done last. */
  news = $state('');

  #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  async load() {
    try {
      if (this.roles.length === 0) this.roles = await api.roles();
      this.all = (await api.people()).sort(inOrder);
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  async add(details: PersonDetails, password: string, own: string) {
    const { name } = await api.addPerson(details, password, own);
    await this.#done(t('people.added', { name }));
  }

  /** `person` is whom the form was opened with. */
  async change(person: PersonView, details: PersonDetails, own: string) {
    const { name } = await this.#replace(person, details, own);
    await this.#done(t('people.changed', { name }));
  }

  /** Takes from somebody the right to sign in, or gives it back. */
  async allow(person: PersonView, active: boolean, own: string) {
    const { name } = await this.#replace(person, { ...detailsOf(person), active }, own);
    await this.#done(t(active ? 'people.added' : 'people.deactivatedNews', { name }));
  }

  async resetPassword({ id, name }: PersonView, password: string, own: string) {
    await api.resetPassword(id, password, own);
    await this.#done(t('people.resetDone', { name }));
  }

  async #replace(person: PersonView, details: PersonDetails, own: string) {
    try {
      return await api.changePerson(person.id, detailsOf(person), details, own);
    } catch (thrown) {
      void this.load(); // perhaps they were changed meanwhile
      throw thrown;
    }
  }

  async #done(news: string) {
    this.news = news;
    this.#say(news);
    await this.load();
  }
}
