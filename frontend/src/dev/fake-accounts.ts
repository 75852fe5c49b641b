import type {
  AppState,
  ClinicPlace,
  ErrorView,
  EventView,
  Permission,
  PersonDetails,
  PersonView,
} from '../lib/api/types';
import { CLINIC, EVERYTHING, PERSON } from './fake-state';

export const PASSWORD = 'correct horse battery';

const fail = (code: string, message: string): never => {
  const view: ErrorView = { code, message, until: '' };
  throw view;
};

/** Whoever may create, modify or delete may view too, in Go's own order. */
const granted = (asked: Permission[]) =>
  EVERYTHING.filter((known) =>
    asked.some((each) => each === known || each.split('.')[0] === known),
  );

/** The people of this computer, what they did, and the clinics, as far as a page can tell. */
export class FakeAccounts {
  people: PersonView[] = [
    { ...PERSON, permissions: [...EVERYTHING] },
    account('2', 'Lee Example', 'lee@example.com', [
      'practitioner',
      'practitioner.modify',
      'people',
    ]),
    account('3', 'Priya Sample', 'priya@example.com', ['practitioner']),
    {
      ...account('4', 'Sam Former', 'sam@example.com', ['practitioner', 'pms_link']),
      active: false,
    },
  ];
  passwords = new Map<string, string>();
  events: EventView[] = [];
  retention = { archivedDays: 90, deletedDays: 7 };
  /** None, until there are two. */
  clinics: ClinicPlace[] = [];

  constructor(readonly state: () => AppState) {
    const actions = ['opened_profile', 'signed_in', 'opened_profile', 'imported_clients'];
    for (let i = 240; i > 0; i--) {
      const action = actions[i % actions.length] ?? '';
      const subject = action === 'opened_profile' ? '836447129235000000' : '';
      this.note(action, subject, this.people[i % 3]?.name, Date.now() - i * 17 * 60_000);
    }
  }

  note(action: string, subject = '', person = this.state().person?.name ?? '', at = Date.now()) {
    const time = new Date(at).toISOString();
    const id = this.events.length + 1;
    this.events.unshift({ id, at: time, hereAt: '', person, action, subject, outcome: '' });
  }

  get managers(): string[] {
    const may = this.people.filter((each) => each.active && each.permissions.includes('people'));
    return may.map((each) => each.name);
  }

  signIn(email: string, password: string): PersonView {
    const known = this.people.find((each) => each.email === email);
    if (known?.active === false || !this.#is(known, password)) {
      fail('sign_in_refused', 'Wrong email or password. Check both and try again.');
    }
    return known ?? { ...PERSON, email, permissions: [...EVERYTHING] };
  }

  /** What exports ask once more. */
  confirm(password: string) {
    const me = this.#me();
    if (!this.state().demo && !this.#is(me, password)) {
      fail('sign_in_refused', 'Wrong email or password. Check both and try again.');
    }
  }

  add(details: PersonDetails, password: string): PersonView {
    const person = { ...this.#accept('', details), id: String(this.people.length + 1) };
    this.people.push(person);
    this.passwords.set(person.id, password);
    this.note('added_person', person.name);
    return person;
  }

  change(id: string, details: PersonDetails): PersonView {
    const person = this.#accept(id, details);
    const others = this.people.filter((each) => each.id !== id);
    if (![...others, person].some((each) => each.active && each.permissions.includes('people'))) {
      fail(
        'invalid',
        'Nobody could manage people any more. Give somebody else the permission first.',
      );
    }
    this.people = this.people.map((each) => (each.id === id ? person : each));
    this.note('changed_person', person.name);
    return person;
  }

  reset(id: string, password: string) {
    this.passwords.set(id, password);
    this.note('reset_password', this.people.find((each) => each.id === id)?.name);
  }

  changePassword(present: string, fresh: string) {
    const me = this.#me();
    if (!this.#is(me, present)) {
      fail('sign_in_refused', 'The present password is not right. Check it and try again.');
    }
    if (me) this.passwords.set(me.id, fresh);
    this.note('changed_password');
  }

  audit(before: number, limit: number): EventView[] {
    return this.events.filter((each) => before === 0 || each.id < before).slice(0, limit);
  }

  /** A second clinic, with data of its own. */
  separate(name: string) {
    const first = { account: '', name: CLINIC.name, current: false };
    this.clinics = [first, { account: '7', name, current: true }];
  }

  use(account: string) {
    for (const clinic of this.clinics) clinic.current = clinic.account === account;
  }

  #me() {
    return this.people.find((each) => each.id === this.state().person?.id);
  }

  #is(person: PersonView | undefined, password: string) {
    return password === (this.passwords.get(person?.id ?? '') ?? PASSWORD);
  }

  #accept(id: string, details: PersonDetails): PersonView {
    const taken = this.people.some((each) => each.id !== id && each.email === details.email);
    if (taken) {
      fail(
        'invalid',
        'Someone with this email is already here. Use another email, or sign in as that person.',
      );
    }
    const permissions = granted(details.permissions);
    if (permissions.length === 0) {
      fail('invalid', 'The person would be allowed nothing. Choose at least one permission.');
    }
    return { ...details, id, permissions };
  }
}

function account(id: string, name: string, email: string, asked: Permission[]): PersonView {
  return { id, name, email, permissions: asked, active: true };
}
