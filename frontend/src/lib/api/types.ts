/**
 * The shapes that cross from Go, derived from what Wails makes of
 * backend/window: what a field means is said there. Here is what Go cannot say.
 */
import type { window as go } from '../../../wailsjs/go/models';
import type { FromGo, Narrow } from './from-go';

/** Two areas, each to view (its bare name), create, modify and delete; exporting; and managing people. */
export type Area = 'practitioner' | 'pms_link';
export type Deed = 'create' | 'modify' | 'delete';
export type Permission = Area | `${Area}.${Deed}` | 'export' | 'people';

/** Permissions that go together, under one name. */
export type RoleName = 'front_desk' | 'practitioner' | 'owner';
export type RoleView = Narrow<go.RoleView, { name: RoleName; permissions: Permission[] }>;

export type PersonView = Narrow<go.PersonView, { permissions: Permission[]; role: '' | RoleName }>;
export type PersonDetails = Narrow<go.PersonDetails, { permissions: Permission[] }>;
export type StrengthView = FromGo<go.StrengthView>;
export type PersonTile = FromGo<go.PersonTile>;
export type LockedView = FromGo<go.LockedView>;
export type EventView = FromGo<go.EventView>;

export type KeyringView = FromGo<go.KeyringView>;

/** `paused` is Go's alone to say. */
export type RetentionView = Narrow<go.RetentionView, { paused?: boolean }>;

/** By which the clinics of one computer are told apart. */
export type ClinicColor = 'teal' | 'blue' | 'violet' | 'pink' | 'orange' | 'green';
export type ClinicPlace = Narrow<go.ClinicPlace, { color: ClinicColor }>;
export type ClinicView = Narrow<go.ClinicView, { color: ClinicColor }>;
export type ConnectionView = Narrow<go.ConnectionView, { clinic: ClinicView }>;
export type Erasure = Narrow<go.Erasure, { state: AppState }>;
export type ComputerView = FromGo<go.ComputerView>;
export type SharingView = FromGo<go.SharingView>;
export type StoppedView = Narrow<go.StoppedView, { state: AppState }>;

export type HubRegion = 'au' | 'us' | 'eu';
export type OrganisationView = FromGo<go.OrganisationView>;
/** '' until the clinic has answered. */
export type Consent = '' | 'yes' | 'no';
export type SendingView = Narrow<
  go.SendingView,
  {
    createdByAdult: Consent;
    guardianConsent: Consent;
    photoVideoConsent: Consent;
    /** '' holds these clients. */
    otherSex: '' | 'Unknown' | 'NotApplicable';
  }
>;
export type LedgerView = FromGo<go.LedgerView>;
export type CountsView = FromGo<go.CountsView>;
export type ComparisonView = FromGo<go.ComparisonView>;
export type HubReasonCount = FromGo<go.HubReasonCount>;
export type HubView = Narrow<go.HubView, { region: HubRegion | ''; answers: SendingView }>;
/** Told by an event alone, so that Wails writes no type for it. */
export interface HubProgress {
  /** false: it has ended, and the state may be another one. */
  running: boolean;
  ledger: LedgerView;
  /** Read, while they are. */
  emails: number;
  ofEmails: number;
}
export type FoundKind =
  'linked' | 'likely' | 'email_in_use' | 'being_merged' | 'only_here' | 'only_there';
export type SideView = FromGo<go.SideView>;
export type FoundRow = Narrow<go.FoundRow, { kind: FoundKind }>;
export type FoundPage = Narrow<go.FoundPage, { rows: FoundRow[] }>;
export type MatchAnswer = 'same' | 'different' | 'without_email';
export type MatchView = Narrow<go.MatchView, { answers: MatchAnswer[] }>;
export type LeftView = FromGo<go.LeftView>;
export type QueueView = Narrow<go.QueueView, { matches: MatchView[] }>;
export type DeliveryView = Narrow<
  go.DeliveryView,
  { state: 'pending' | 'held' | 'needs_attention' | 'confirmed' | 'left' }
>;

export type ErrorView = FromGo<go.ErrorView>;
export type TallyView = FromGo<go.TallyView>;

export type Phase = 'idle' | 'listing' | 'listed' | 'storing' | 'changes' | 'checking';

export type PassView = Narrow<go.PassView, { kind: 'full' | 'changes' | 'retry' }>;
export type SyncStatus = Narrow<go.SyncStatus, { phase: Phase; last: PassView | null }>;
export type SyncedView = Narrow<go.SyncedView, { pass: PassView }>;
export type DayView = FromGo<go.DayView>;

/** Open in TeleHab, the button in Cliniko: '' until somebody has begun with it. */
export type ButtonState = '' | 'waiting' | 'works' | 'unused';

export type AppState = Narrow<
  go.AppState,
  {
    person: PersonView | null;
    clinic: ClinicView | null;
    button: ButtonState;
    sync: SyncStatus;
    start: StartScreen;
  }
>;
export type StartScreen = 'today' | 'profiles';

export type FieldName = 'first_name' | 'last_name' | 'date_of_birth' | 'sex' | 'email';
/** Those that are not required but may be too long. */
export type LimitedField =
  'title' | 'preferred_first_name' | 'gender_identity' | 'pronouns' | 'phones';
export type ProblemKind =
  | 'missing'
  | 'not_a_date'
  | 'in_future'
  | 'long_ago'
  | 'not_an_email'
  | 'not_printable'
  | 'too_long'
  | 'too_many';
export type FailureCode = 'incomplete' | 'impossible' | 'unreadable';

export type ProblemView = Narrow<
  go.ProblemView,
  { field: FieldName | LimitedField; kind: ProblemKind }
>;
export type FailureView = Narrow<go.FailureView, { code: FailureCode; problems: ProblemView[] }>;

export type ListingView = Narrow<go.ListingView, { reasons: ReasonCount[] }>;
export type ListedRow = Narrow<go.ListedRow, { problems: ProblemView[]; code: '' | FailureCode }>;
export type ListingPage = Narrow<go.ListingPage, { rows: ListedRow[] }>;

export type ProfileFilter = 'all' | 'attention' | 'archived';
export type ProfileSort = 'name' | 'born' | 'sex' | 'email' | 'phone' | 'updated';
export type AttentionSort = 'name' | 'born' | 'phone' | 'reason' | 'since';
/** A required field that is missing, or what else is wrong. */
export type Reason = FieldName | 'wrong_email' | 'wrong_date_of_birth' | 'unreadable' | 'other';
export type ProfileState = 'active' | 'archived' | 'merged' | 'deleted';

/** What is left out narrows nothing. */
export type ProfileQuery = Narrow<
  go.ProfileQuery,
  {
    filter: ProfileFilter;
    noPhone?: boolean;
    noEmail?: boolean;
    changed?: '' | 'week' | 'month';
    reason?: '' | Reason;
    refs?: string[];
    /** `match`: by name, whoever is found by more than an email first. */
    sort: ProfileSort | AttentionSort | 'match';
  }
>;

type Hits = number[] | null;
export type HitsView = Narrow<
  go.HitsView,
  { name: Hits; preferred: Hits; email: Hits; phone: Hits }
>;
export type ProfileRow = Narrow<
  go.ProfileRow,
  { state: ProfileState; problems: ProblemView[]; hits: HitsView }
>;
export type ProfilePage = Narrow<go.ProfilePage, { rows: ProfileRow[] }>;

export type NameView = FromGo<go.NameView>;
export type ReasonCount = Narrow<go.ReasonCount, { reason: Reason }>;
export type AttentionRow = Narrow<go.AttentionRow, { problems: ProblemView[]; hits: HitsView }>;
export type AttentionPage = Narrow<
  go.AttentionPage,
  { rows: AttentionRow[]; reasons: ReasonCount[] }
>;

export type PhoneView = FromGo<go.PhoneView>;
export type MergedView = FromGo<go.MergedView>;
export type SharedView = Narrow<go.SharedView, { state: ProfileState }>;
export type ProfileView = Narrow<
  go.ProfileView,
  {
    state: ProfileState;
    privacyPolicy: '' | 'accepted' | 'refused';
    shared: SharedView[];
    failure: FailureView | null;
    hub: DeliveryView | null;
  }
>;

export type HistoryView = FromGo<go.HistoryView>;
export type ChangeView = FromGo<go.ChangeView>;
export type FieldChangeView = FromGo<go.FieldChangeView>;
export type ReasonView = Narrow<go.ReasonView, { field: Reason }>;
export type AttentionView = Narrow<
  go.AttentionView,
  { newest: ProfileRow[]; reasons: ReasonView[] }
>;
export type NewsView = Narrow<go.NewsView, { client: ProfileRow }>;
export type TodayView = Narrow<
  go.TodayView,
  { news: NewsView[]; attention: AttentionView; pinned: ProfileRow[]; opened: ProfileRow[] }
>;
export type MissingView = FromGo<go.MissingView>;
export type LinkView = FromGo<go.LinkView>;

export type LinkState = 'ready' | 'missing' | 'broken' | 'foreign' | 'unsupported';
export type LinkSetupView = Narrow<go.LinkSetupView, { state: LinkState }>;

/** What Go takes as text alone. */
export type ExportFormat = 'json' | 'csv';
/** A page to print, or a spreadsheet. */
export type SheetFormat = 'html' | 'csv';
export type GuideName = 'cliniko-api-key';
