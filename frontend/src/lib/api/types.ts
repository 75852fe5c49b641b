/**
 * The shapes that cross from Go: app_types.go, name for name. Ids and times are
 * text (RFC 3339, UTC); '' means none.
 */

/** Two areas, each to view (its bare name), create, modify and delete; exporting; and managing people. */
export type Area = 'practitioner' | 'pms_link';
export type Deed = 'create' | 'modify' | 'delete';
export type Permission = Area | `${Area}.${Deed}` | 'export' | 'people';

export interface PersonView {
  id: string;
  name: string;
  email: string;
  permissions: Permission[];
  /** may sign in */
  active: boolean;
}

/** What may be changed of a person. */
export type PersonDetails = Omit<PersonView, 'id'>;

/** Who locked the window, and comes back with the password alone. */
export interface LockedView {
  name: string;
  email: string;
}

/** One line of the audit trail. */
export interface EventView {
  /** a number, for the next page */
  id: number;
  /** by Cliniko's clock, as far as it is known */
  at: string;
  /** by this computer's, where that said something else; else '' */
  hereAt: string;
  /** who did it; '' for somebody who is not here any more */
  person: string;
  /** signed_in, opened_profile, … */
  action: string;
  /** Cliniko's id of a client or an account, or the name of a person */
  subject: string;
  /** '' for done; not_finished; or the code of why it was not done */
  outcome: string;
}

/** For how many days clients who have left stay on this computer. */
export interface RetentionView {
  archivedDays: number;
  deletedDays: number;
  /** nobody is erased at present: Cliniko's clock and this computer's disagree */
  paused?: boolean;
}

/** A clinic that has data of its own on this computer. */
export interface ClinicPlace {
  /** for useClinic; '' is the first one */
  account: string;
  name: string;
  /** the window shows this one */
  current: boolean;
}

export type ExportFormat = 'json' | 'csv';

export interface ClinicView {
  name: string;
  shard: string;
  ownerName: string;
  ownerRole: string;
  keyEnds: string;
  connectedAt: string;
}

export interface ConnectionView {
  clinic: ClinicView;
  patients: number;
}

/** What Disconnect removed, besides the API key, the store's key and the log. */
export interface Erasure {
  clinic: string;
  profiles: number;
  changes: number;
  syncs: number;
  state: AppState;
}

export interface ErrorView {
  code: string;
  /** Ends with the next step. */
  message: string;
  until: string;
}

export interface TallyView {
  active: number;
  failed: number;
  archived: number;
  activeInCliniko: number;
  countedAt: string;
  /** of whom a person has to decide: see missing */
  missing: number;
}

export type Phase = 'idle' | 'listing' | 'listed' | 'storing' | 'changes' | 'checking';

export interface PassView {
  kind: 'full' | 'changes' | 'retry';
  startedAt: string;
  endedAt: string;
  read: number;
  synced: number;
  unchanged: number;
  failed: number;
  archived: number;
  requests: number;
  /** the code of why it did not end well, or '' */
  error: string;
}

export interface SyncStatus {
  /** grows: one with a lower number is older, whenever it arrives */
  number: number;
  /** the AppState's, of the clinic that this is about */
  generation: number;
  /** Cliniko's time, as far as it is known, when this was sent */
  now: string;
  phase: Phase;
  /** nobody asked for what runs: no more than a line shows it */
  background: boolean;
  done: number;
  /** 0: not known yet */
  total: number;
  /** 0: not known yet */
  perSecond: number;
  /** -1: not known */
  secondsLeft: number;
  /** by this computer's clock */
  waitingUntil: string;
  lastSuccess: string;
  last: PassView | null;
  problem: ErrorView | null;
  unfinished: boolean;
  /** '' when Cliniko can be reached, as far as is known */
  offlineSince: string;
}

export interface AppState {
  version: string;
  /** grows when the data of another clinic is shown, or none after Disconnect */
  generation: number;
  demo: boolean;
  throwaway: boolean;
  peopleExist: boolean;
  person: PersonView | null;
  locked: LockedView | null;
  /** The names of who can give permissions; none while nobody is signed in. */
  managers: string[];
  clinic: ClinicView | null;
  keyring: ErrorView | null;
  store: ErrorView | null;
  /** the store is certainly lost: starting again may be offered */
  mayReset: boolean;
  /** Open in TeleHab, the button in Cliniko; '' until somebody has tried it. */
  button: '' | 'works' | 'unused';
  clientWord: string;
  sync: SyncStatus;
  tally: TallyView;
  /** after which the window locks itself */
  idleMinutes: number;
  /** A link came in and waits for takeLink, or for somebody to sign in. */
  linkWaiting: boolean;
}

/** The syncs that ended within one day. */
export interface DayView {
  passes: number;
  /** Of them, those that neither ended well nor were cancelled. */
  broken: number;
  /** How many profiles were failing after the last of them; -1: not known. */
  failing: number;
}

export interface ListingView {
  total: number;
  failing: number;
  ready: number;
  archived: number;
}

export type FieldName = 'first_name' | 'last_name' | 'date_of_birth' | 'sex' | 'email';

export interface ProblemView {
  field: FieldName;
  label: string;
  kind: 'missing' | 'not_a_date' | 'in_future' | 'long_ago' | 'not_an_email' | 'not_printable';
  text: string;
}

export type FailureCode = 'incomplete' | 'impossible' | 'unreadable';

export interface ListedRow {
  id: string;
  /** "Last, First"; '' if there is none */
  name: string;
  born: string;
  email: string;
  problems: ProblemView[];
  code: '' | FailureCode;
}

export interface ListingPage {
  rows: ListedRow[];
  total: number;
}

export interface FailureView {
  ref: string;
  id: string;
  name: string;
  code: FailureCode;
  problems: ProblemView[];
  reason: string;
  firstFailedAt: string;
  lastFailedAt: string;
  attempts: number;
}

export type ProfileFilter = 'all' | 'attention' | 'archived';
export type ProfileSort = 'name' | 'born' | 'sex' | 'email' | 'phone' | 'updated';
export type ProfileState = 'active' | 'archived' | 'merged' | 'deleted';

export interface ProfileQuery {
  search: string;
  filter: ProfileFilter;
  noPhone?: boolean;
  noEmail?: boolean;
  /** in Cliniko, in the last 7 or 30 days; '' is whenever */
  changed?: '' | 'week' | 'month';
  sort: ProfileSort;
  desc: boolean;
  offset: number;
  /** at most 500 rows */
  limit: number;
}

export interface ProfileRow {
  id: string;
  name: string;
  preferred: string;
  born: string;
  sex: string;
  email: string;
  phone: string;
  state: ProfileState;
  problems: ProblemView[];
  updatedAt: string;
  hits: HitsView;
}

/**
 * What a search hit in the texts of a row: the beginning and the end of each
 * part, one after the other, in UTF-16 units; null for none.
 */
export interface HitsView {
  name: number[] | null;
  preferred: number[] | null;
  email: number[] | null;
  phone: number[] | null;
}

export interface ProfilePage {
  rows: ProfileRow[];
  matched: number;
  all: number;
  attention: number;
  archived: number;
  /** within the filter, as the next three */
  noPhone: number;
  noEmail: number;
  week: number;
  month: number;
}

export interface PhoneView {
  type: string;
  number: string;
}

export interface ProfileView {
  id: string;
  state: ProfileState;
  title: string;
  firstName: string;
  preferred: string;
  lastName: string;
  born: string;
  /** what Cliniko has instead of a birth date that can be; '' for nothing */
  impossibleBorn: string;
  /** -1: not known */
  age: number;
  sex: string;
  genderIdentity: string;
  pronouns: string;
  email: string;
  emailSharedWith: number;
  phones: PhoneView[];
  privacyPolicy: 'accepted' | 'refused' | '';
  updatedAt: string;
  createdAt: string;
  syncedAt: string;
  archivedAt: string;
  mergedInto: string;
  /** who was merged into this client */
  merged: MergedView[];
  /** of one who left Cliniko: when it is erased here */
  erasedAt: string;
  /** followLink was asked for this client, who is now part of this one */
  mergedFrom: string;
  failure: FailureView | null;
}

export interface MergedView {
  id: string;
  /** "Last, First" */
  name: string;
}

export interface HistoryView {
  /** first stored here */
  addedAt: string;
  /** in Cliniko */
  createdAt: string;
  /** the newest first; the last 90 days */
  changes: ChangeView[];
}

/** What one sync changed of a profile. */
export interface ChangeView {
  /** it was stored here */
  at: string;
  /** changed in Cliniko */
  updatedAt: string;
  /** somebody opened the client; else a sync brought it */
  opened: boolean;
  fields: FieldChangeView[];
}

/** One field before and after; '' is none. */
export interface FieldChangeView {
  /** first_name, email, phones, state, … */
  field: string;
  label: string;
  before: string;
  after: string;
}

/** A client whom Cliniko does not have any more; a person has to decide. */
export interface MissingView {
  id: string;
  /** "Last, First"; '' if there is none */
  name: string;
  born: string;
}

export interface LinkView {
  /** the client to open; '' for none */
  id: string;
}

/**
 * How telehab:// stands on this computer. broken: ours, and it leads elsewhere;
 * foreign: another program's.
 */
export type LinkState = 'ready' | 'missing' | 'broken' | 'foreign' | 'unsupported';

export interface LinkSetupView {
  appName: string;
  appUrl: string;
  /** a javascript: address for the bookmarks bar */
  bookmarklet: string;
  state: LinkState;
  /** of a foreign registration */
  owner: string;
  /** what the state means, with the next step */
  message: string;
}

export type GuideName = 'cliniko-api-key';
