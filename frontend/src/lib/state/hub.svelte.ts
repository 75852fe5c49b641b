import { api, on, toErrorView, type ErrorView, type HubView } from '$lib/api';
import { t, type TextKey } from '$lib/i18n';
import { app } from './app.svelte';

/** Why somebody is held, or needs attention on the way to VALD Hub: Go's codes. */
const REASONS: Record<string, TextKey> = {
  consent_not_decided: 'hub.reason.consent_not_decided',
  sex_not_decided: 'hub.reason.sex_not_decided',
  privacy_refused: 'hub.reason.privacy_refused',
  profile_needs_attention: 'hub.reason.profile_needs_attention',
  cannot_be_read: 'hub.reason.cannot_be_read',
  being_merged: 'hub.reason.being_merged',
  likely_the_same: 'hub.reason.likely_the_same',
  sync_id_of_another_person: 'hub.reason.sync_id_of_another_person',
  linked_by_another_system: 'hub.reason.linked_by_another_system',
  no_email_there: 'hub.reason.no_email_there',
  second_profile_made: 'hub.reason.second_profile_made',
  email_in_use: 'hub.reason.email_in_use',
  sync_id_changed_there: 'hub.reason.sync_id_changed_there',
  gone_there: 'hub.reason.gone_there',
  refused: 'hub.reason.refused',
  not_visible: 'hub.reason.not_visible',
};

export function reasonOf(code: string): string {
  const key = REASONS[code];
  return key ? t(key) : t('hub.reason.other');
}

/** Who may compare, and decide about likely matches, sees both areas. Go checks it again. */
export const mayCompareHub = () => app.may('practitioner') && app.may('pms_link');
export const mayDecideHub = () => app.may('practitioner') && app.may('pms_link.modify');

/** How VALD Hub is connected, as Go says it, and what is under way. */
export class Hub {
  view = $state.raw<HubView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  /** Emails that sending reads first, from 0 to 1; null while it does not. */
  reading = $state.raw<number | null>(null);
  sendingNow = $state(false);
  /** How much a comparison has read, from 0 to 1. */
  compared = $state(0);
  /** What was done last. */
  news = $state('');

  #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  follow(): () => void {
    const stops = [
      on('hub', ({ running, ledger, emails, ofEmails }) => {
        this.sendingNow = running;
        this.reading = ofEmails > 0 ? emails / ofEmails : null;
        if (!running) void this.load();
        else if (this.view?.sending) this.view = { ...this.view, ledger };
      }),
      on('compare', (part) => (this.compared = part)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async load() {
    try {
      this.view = await api.hub();
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Shows what has become of it. */
  take(view: HubView, news: string) {
    this.view = view;
    this.problem = null;
    this.news = news;
    this.#say(news);
  }

  async compare() {
    this.compared = 0;
    this.take(await api.compareHub(), t('hub.comparedNow'));
  }

  async stop() {
    this.take(await api.stopSending(), t('hub.stopped'));
  }

  async goOn(view: HubView) {
    this.take(await api.setSending(view.answers), t('hub.begun'));
  }
}
