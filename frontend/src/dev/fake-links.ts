import type { LinkSetupView, LinkView, ProfileView } from '../lib/api/types';
import { judge } from './people';

/** Codes that following a link may end in, as the address of the page may ask for them. */
const MESSAGES: Record<string, string> = {
  not_found: 'Cliniko does not know this client.',
  offline: 'This computer cannot reach Cliniko. Check the internet connection and try again.',
  timed_out: 'Cliniko did not answer in time. Try again in a moment.',
  login_page: 'The network wants a sign-in. Open a web page, sign in there, and try again.',
  cliniko_trouble: 'Cliniko has trouble at the moment. Try again in a few minutes.',
  key_refused: 'Cliniko no longer accepts the API key. Make a new one in Cliniko and replace it.',
  key_forbidden: 'The owner of the API key may not see this client. Use the key of another user.',
  rate_limited: 'Many links came in the last minute. Choose Refresh to do it now.',
};

/** The Go side of links, as far as a page can tell. */
export class FakeLinks {
  /** The link that waits. */
  waiting = '';
  /** The code that FollowLink ends in; '' for success. */
  trouble = '';
  /** How long Cliniko takes. */
  delay = 900;
  comesBack = true;
  setup: LinkSetupView = {
    appName: 'TeleHab',
    appUrl: 'https://app.telehab.io/app/patients/integration',
    bookmarklet:
      "javascript:(()=>{const m=location.pathname.match(/patients\\/(\\d{1,20})/);if(m)location.href='telehab://patient?patient_id='+m[1]})()",
    state: 'ready',
    owner: '',
    message: 'Links from Cliniko open this program.',
  };

  take(): LinkView {
    const id = this.waiting;
    this.waiting = '';
    return { id };
  }

  async follow(id: string, people: ProfileView[]): Promise<ProfileView> {
    const { trouble } = this; // as it is when the question is asked
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    if (trouble) throw { code: trouble, message: MESSAGES[trouble] ?? trouble, until: '' };
    const known = people.find((person) => person.id === id);
    const survivor = people.find((person) => person.id === known?.mergedInto);
    const person = survivor ?? known ?? this.#create(id, people);
    person.syncedAt = new Date().toISOString();
    return { ...person, mergedFrom: survivor ? id : '' };
  }

  /** Somebody who was only in Cliniko until now; of an even id, without an email. */
  #create(id: string, people: ProfileView[]): ProfileView {
    const model = people.find((person) => person.state === 'active' && !person.failure);
    if (!model) throw { code: 'not_found', message: MESSAGES['not_found'], until: '' };
    const email = Number(id.at(-1)) % 2 ? 'new.client@example.com' : '';
    const person = judge({
      ...model,
      merged: [],
      id,
      firstName: 'Robin',
      lastName: 'Newcomer',
      email,
    });
    people.push(person);
    return person;
  }

  find(text: string): LinkView {
    const shape =
      /^(?:\d{1,20}|https:\/\/[\w.-]+\.cliniko\.com\/patients\/\d{1,20}|telehab:\/\/patient.*)$/;
    const id = shape.test(text.trim()) ? (/\d{1,20}(?=\D*$)/.exec(text)?.[0] ?? '') : '';
    return { id };
  }

  repair(takeOver: boolean): LinkSetupView {
    if (this.setup.state !== 'foreign' || takeOver) {
      this.setup = { ...this.setup, state: 'ready', owner: '', message: 'Links open TeleHab.' };
    }
    return this.setup;
  }
}
