import type { HubView, MatchView, OrganisationView } from '../lib/api/types';

/** VALD Hub before anybody has connected it. */
export const HUB_OFF: HubView = {
  connected: false,
  organisation: { id: '', name: '' },
  region: '',
  sending: false,
  answers: { createdByAdult: '', guardianConsent: '', photoVideoConsent: '', otherSex: '' },
  ledger: { eligible: 0, confirmed: 0, pending: 0, held: 0, needsAttention: 0, left: 0 },
  reasons: [],
  compared: '',
  deviations: 0,
  problem: null,
  comparison: null,
};

export const ORGANISATION: OrganisationView = { id: 't1', name: 'Harbour Physio' };

export const HUB_CONNECTED: HubView = {
  ...HUB_OFF,
  connected: true,
  organisation: ORGANISATION,
  region: 'au',
};

/** Some of 1,846 clients are held, and four need attention. */
export const HUB_SENDING: HubView = {
  ...HUB_CONNECTED,
  sending: true,
  answers: {
    createdByAdult: 'yes',
    guardianConsent: 'no',
    photoVideoConsent: 'no',
    otherSex: 'Unknown',
  },
  ledger: { eligible: 1846, confirmed: 1790, pending: 12, held: 40, needsAttention: 4, left: 0 },
  reasons: [
    { reason: 'likely_the_same', count: 3 },
    { reason: 'email_in_use', count: 1 },
    { reason: 'privacy_refused', count: 40 },
  ],
  compared: '2026-11-02T09:00:00Z',
};

export const HUB_COMPARED: HubView = {
  ...HUB_CONNECTED,
  comparison: {
    at: '2026-11-03T09:00:00Z',
    clients: { all: 1846, linked: 1790, likely: 5, emailInUse: 4, merging: 0, only: 47 },
    profiles: { all: 1911, linked: 1790, likely: 5, emailInUse: 4, merging: 0, only: 112 },
  },
};

export const LIKELY: MatchView = {
  ref: '836447129235000000',
  version: 3,
  reason: 'likely_the_same',
  said: [],
  answers: ['same', 'different'],
  client: {
    id: '836447129235000000',
    name: 'Abara, Ngozi',
    born: '1986-07-19',
    email: 'n@example.com',
  },
  there: [],
  here: [],
};

export const EMAIL_IN_USE: MatchView = {
  ref: '836447129235007919',
  version: 1,
  reason: 'email_in_use',
  said: [],
  answers: ['without_email'],
  client: {
    id: '836447129235007919',
    name: 'Chen, Oliver',
    born: '2010-01-02',
    email: 'chen@example.com',
  },
  there: [],
  here: [],
};
