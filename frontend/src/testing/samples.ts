/**
 * What Go may answer, word for word: one clinic with a few people and clients.
 * Each is whole, so that a type of Go's with other fields does not compile.
 */
import type {
  AppState,
  AttentionRow,
  DayView,
  ErrorView,
  FailureView,
  FieldName,
  HistoryView,
  LinkSetupView,
  ListedRow,
  ListingView,
  MissingView,
  PassView,
  ProblemView,
  ProfilePage,
  ProfileRow,
  ProfileView,
  ReasonCount,
  RetentionView,
  SharedView,
  SyncedView,
  SyncStatus,
  TallyView,
} from '../lib/api/types';
import { CLINIC } from './clinics';
import { DANA, LEE, PRIYA } from './staff';

export * from './clinics';
export * from './computers';
export * from './hub';
export * from './staff';

/** What Go says when something does not work; the text ends with the next step. */
export const refusal = (code: string, message = `What Go says of ${code}.`): ErrorView => ({
  code,
  message,
  until: '',
  wait: 0,
});

export const NOTHING: TallyView = {
  active: 0,
  failed: 0,
  archived: 0,
  activeInCliniko: 0,
  countedAt: '',
  missing: 0,
};
export const SYNC: SyncStatus = {
  number: 0,
  generation: 1,
  phase: 'idle',
  now: '',
  background: false,
  done: 0,
  total: 0,
  perSecond: 0,
  secondsLeft: -1,
  waitingUntil: '',
  // All is up to date, whenever the test runs.
  get lastSuccess() {
    return new Date().toISOString();
  },
  byService: false,
  last: null,
  problem: null,
  unfinished: false,
  offlineSince: '',
};
const NEVER: SyncStatus = { ...SYNC, lastSuccess: '' };

/** Dana is signed in, and her clinic is imported. */
export const STATE: AppState = {
  version: '0.1.0',
  generation: 1,
  session: 1,
  demo: false,
  throwaway: false,
  peopleExist: true,
  person: DANA,
  locked: null,
  people: [],
  view: '',
  lastPerson: '',
  pin: { allowed: true, set: false },
  managers: ['Dana Smith', 'Lee Example'],
  clinic: CLINIC,
  keyring: null,
  store: null,
  mayReset: false,
  button: 'works',
  clientWord: 'client',
  sync: SYNC,
  tally: {
    active: 7,
    failed: 4,
    archived: 2,
    activeInCliniko: 7,
    countedAt: '2026-11-03T09:12:00Z',
    missing: 0,
  },
  idleMinutes: 10,
  start: 'profiles',
  notify: false,
  notifyFails: false,
  service: null,
  shared: null,
  linkWaiting: false,
};
/** What is otherwise at other times. */
export const SIGNED_OUT = { person: null, managers: [] } satisfies Partial<AppState>;
export const CONNECTED = { button: '', sync: NEVER, tally: NOTHING } satisfies Partial<AppState>;
export const UNCONNECTED = { ...CONNECTED, clinic: null } satisfies Partial<AppState>;
export const NEW = {
  ...UNCONNECTED,
  ...SIGNED_OUT,
  peopleExist: false,
} satisfies Partial<AppState>;
/** Those who may sign in, Lee the last one who did. */
export const TILES = {
  people: [LEE, PRIYA, DANA].map(({ id, name }) => ({ id, name, pin: false })),
  lastPerson: LEE.id,
} satisfies Partial<AppState>;
export const LOCKED = {
  ...SIGNED_OUT,
  locked: { id: '1', name: 'Dana Smith', pin: false },
} satisfies Partial<AppState>;

const missing = (field: FieldName, label: string): ProblemView => {
  return { field, label, kind: 'missing', text: `${label} is missing`, value: '' };
};
const NO_EMAIL = missing('email', 'Email');
const NO_SEX = missing('sex', 'Gender (Sex)');
export const NGOZI: ProfileView = {
  id: '836447129235000000',
  state: 'active',
  title: 'Dr',
  firstName: 'Ngozi',
  preferred: 'Ngo',
  lastName: 'Abara',
  familyFirst: '',
  born: '1986-07-19',
  impossibleBorn: '',
  age: 40,
  sex: 'Female',
  genderIdentity: '',
  pronouns: 'she/her',
  email: 'ngozi.abara@example.com',
  mailable: true,
  shared: [],
  sharedMore: 0,
  sharedByMany: [],
  phones: [
    { type: 'Mobile', number: '0491 570 156', dialable: true },
    { type: 'Home', number: '02 5550 1234', dialable: true },
  ],
  privacyPolicy: 'accepted',
  updatedAt: '2026-10-20T01:02:03Z',
  createdAt: '2024-02-01T01:02:03Z',
  syncedAt: '2026-11-03T09:12:00Z',
  archivedAt: '',
  mergedInto: '',
  merged: [],
  erasedAt: '',
  mergedFrom: '',
  pinned: false,
  failure: null,
  hub: null,
};

const FAILURE: FailureView = {
  ref: '',
  id: '',
  name: '',
  code: 'incomplete',
  problems: [NO_EMAIL],
  reason: 'Email is missing.',
  firstFailedAt: '2026-11-03T09:12:00Z',
  lastFailedAt: '2026-11-03T09:12:00Z',
  attempts: 3,
};
/** Somebody whose profile is not complete in Cliniko. */
function failing(id: string, lastName: string, firstName: string, problem: ProblemView) {
  const named = { ref: id, id, name: `${lastName}, ${firstName}` };
  const failure = { ...FAILURE, ...named, problems: [problem], reason: `${problem.text}.` };
  return { ...NGOZI, id, lastName, firstName, preferred: '', email: '', mailable: false, failure };
}

export const OLIVER = failing('836447129235007919', 'Chen', 'Oliver', NO_EMAIL);
export const HANA = failing('836447129235015838', 'Ivanova', 'Hana', NO_EMAIL);
export const KOFI = failing('836447129235023757', 'Patel', 'Kofi', NO_SEX);
export const RUBY = failing('836447129235031676', 'Quinn', 'Ruby', NO_EMAIL);
const failingRow = ({ id, born, phones, failure }: typeof OLIVER): AttentionRow => ({
  ref: id,
  id,
  name: failure.name,
  preferred: '',
  born,
  phone: phones[0]?.number ?? '',
  problems: failure.problems,
  reason: failure.reason,
  since: failure.firstFailedAt,
  hits: { name: null, preferred: null, email: null, phone: null },
});
/** In the order of the list. */
export const FAILING = [OLIVER, HANA, KOFI, RUBY].map(failingRow);
export const REASONS: ReasonCount[] = [
  { reason: 'email', count: 3 },
  { reason: 'sex', count: 1 },
];

export const MEI: ProfileView = {
  ...NGOZI,
  id: '836447129235039595',
  title: '',
  firstName: 'Mei',
  preferred: '',
  lastName: 'Müller',
  born: '1990-03-04',
  email: 'mei.mueller@example.com',
};
/** Who may be Mei, entered twice, and a child with her email. */
export const TWICE: SharedView = {
  id: '836447129235071271',
  name: 'Mueller, Mei',
  born: '1990-03-04',
  state: 'active',
  email: false,
  phone: '0491 570 157',
  duplicate: true,
};
export const CHILD: SharedView = {
  id: '836447129235079190',
  name: 'Müller, Lin',
  born: '2018-09-01',
  state: 'active',
  email: true,
  phone: '',
  duplicate: false,
};
export const ZOE: ProfileView = {
  ...MEI,
  id: '836447129235047514',
  firstName: 'Zoë',
  lastName: 'Zhang',
  email: 'zoe.zhang@example.com',
  phones: [],
};
export const LUCA: ProfileView = {
  ...MEI,
  id: '836447129235055433',
  firstName: 'Luca',
  lastName: 'Visser',
  email: 'luca.visser@example.com',
  state: 'archived',
  archivedAt: '2026-10-01T01:02:03Z',
  erasedAt: '2026-12-30T01:02:03Z',
};
/** Merged into Ngozi. */
export const NOAH: ProfileView = {
  ...LUCA,
  id: '836447129235063352',
  firstName: 'Noah',
  lastName: 'Walker',
  email: 'noah.walker@example.com',
  state: 'merged',
  mergedInto: NGOZI.id,
};
export const PROFILES = [NGOZI, OLIVER, HANA, MEI, KOFI, RUBY, ZOE, LUCA, NOAH];

/** Somebody who is in Cliniko, and not on this computer. */
export const ROBIN: ProfileView = {
  ...MEI,
  id: '999000111',
  firstName: 'Robin',
  lastName: 'Newcomer',
  email: 'new.client@example.com',
};

export const ROW: ProfileRow = {
  id: NGOZI.id,
  name: 'Abara, Ngozi',
  preferred: 'Ngo',
  born: '1986-07-19',
  sex: 'Female',
  email: 'ngozi.abara@example.com',
  phone: '0491 570 156',
  state: 'active',
  problems: [],
  updatedAt: '2026-10-20T01:02:03Z',
  hits: { name: null, preferred: null, email: null, phone: null },
};
/** The row of a client. */
export const rowOf = (view: ProfileView): ProfileRow => ({
  ...ROW,
  id: view.id,
  name: `${view.lastName}, ${view.firstName}`,
  preferred: view.preferred,
  born: view.born,
  email: view.email,
  phone: view.phones[0]?.number ?? '',
  state: view.state,
  problems: view.failure?.problems ?? [],
});
export const ROWS = [NGOZI, OLIVER, HANA, MEI, KOFI, RUBY, ZOE].map(rowOf);
/** As many rows as a test wants, for a list that is longer than the view. */
export const manyRows = (count: number): ProfileRow[] =>
  Array.from({ length: count }, (_, index) => ({
    ...ROW,
    id: String(1000 + index),
    name: `Sample, Number ${index + 1}`,
  }));
export const COUNTS: Omit<ProfilePage, 'rows' | 'matched'> = {
  suggestion: '',
  all: 7,
  attention: 4,
  archived: 2,
  noPhone: 1,
  noEmail: 4,
  week: 2,
  month: 3,
};

export const HISTORY: HistoryView = {
  addedAt: '2026-11-02T22:20:00Z',
  createdAt: '2024-02-01T01:02:03Z',
  changes: [
    {
      at: '2026-11-03T09:12:00Z',
      updatedAt: '2026-11-03T09:10:00Z',
      opened: false,
      fields: [{ field: 'title', label: 'Title', before: '', after: 'Dr' }],
    },
  ],
};
export const MISSING: MissingView[] = [
  { id: NGOZI.id, name: 'Abara, Ngozi', born: '1986-07-19' },
  { id: MEI.id, name: 'Müller, Mei', born: '1990-03-04' },
  { id: ZOE.id, name: 'Zhang, Zoë', born: '1990-03-04' },
];

export const LISTING: ListingView = {
  total: 7,
  failing: 4,
  ready: 3,
  archived: 2,
  added: 7,
  changed: 0,
  reasons: REASONS,
};
export const LISTED: ListedRow = {
  id: OLIVER.id,
  name: 'Chen, Oliver',
  born: '1986-07-19',
  email: '',
  problems: [NO_EMAIL],
  code: 'incomplete',
};
/** The first import. */
export const PASS: PassView = {
  kind: 'full',
  startedAt: '2026-11-02T22:20:00Z',
  endedAt: '2026-11-02T22:21:00Z',
  read: 9,
  synced: 3,
  unchanged: 0,
  failed: 4,
  archived: 2,
  requests: 20,
  error: '',
};
/** A sync that somebody asked for, and that found nothing. */
export const QUIET: SyncedView = { pass: PASS, changed: 0, added: 0 };
export const DAY: DayView = { passes: 2, broken: 0, failing: 4 };

export const RETENTION: RetentionView = { archivedDays: 90, deletedDays: 7, paused: false };

export const LINK_SETUP: LinkSetupView = {
  appName: 'TeleHab',
  appUrl: 'https://app.telehab.io/app/patients/integration',
  bookmarklet: "javascript:location.href='telehab://patient?patient_id=1'",
  state: 'ready',
  owner: '',
  message: 'Links from Cliniko open this program.',
};
