/**
 * The one typed way to Go. Every call rejects with an ApiError and nothing else.
 *
 * A panic in a bound Go method never settles its promise, so short calls have a
 * time limit, longer than any that Go keeps for itself. Calls that may take
 * minutes have none; their progress, and their end, is told by the sync event.
 */
import { t } from '$lib/i18n';
import type { Services } from './bridge';
import { ApiError, toErrorView } from './errors';
import type {
  ButtonState,
  ClinicColor,
  ExportFormat,
  FoundKind,
  GuideName,
  HubRegion,
  MatchAnswer,
  MatchView,
  PersonDetails,
  ProfileQuery,
  RetentionView,
  SendingView,
  SheetFormat,
  StartScreen,
} from './types';

export { ApiError, toErrorView } from './errors';
export { on, type EventMap } from './events';
export type * from './types';

/** Answered from this computer's memory, disk or keyring. */
const LOCAL = 20_000;
/** Answered from memory alone. */
const AT_ONCE = 5_000;
/** Goes to Cliniko and comes back, retries included. */
const REMOTE = 120_000;
/** As long as it takes: a whole pass, or a native dialog that waits for a person. */
const UNLIMITED = 0;

function go(): Services {
  const bound = window.go?.window;
  if (!bound)
    throw new ApiError({ code: 'internal', message: t('error.noBackend'), until: '', wait: 0 });
  return bound;
}

/** Settles as `start()` does, or rejects with `timed_out` after the limit. */
export async function settle<T>(start: () => Promise<T>, limit: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = start();
    if (limit === UNLIMITED) return await answer;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ApiError({ code: 'timed_out', message: t('error.stuck'), until: '', wait: 0 }));
      }, limit);
    });
    return await Promise.race([answer, late]);
  } catch (thrown) {
    throw new ApiError(toErrorView(thrown));
  } finally {
    clearTimeout(timer);
  }
}

/** The answer that public/start.js has asked for, once. */
function asked() {
  const first = window.firstState;
  delete window.firstState;
  return first;
}

export const api = {
  state: () => settle(() => asked() ?? go().About.State(), LOCAL),

  createFirstPerson: (name: string, email: string, password: string) =>
    settle(() => go().People.CreateFirst(name, email, password), LOCAL),
  signIn: (email: string, password: string) =>
    settle(() => go().People.SignIn(email, password), LOCAL),
  /** One of the state's people, or whoever has locked the window. */
  signInAs: (person: string, password: string) =>
    settle(() => go().People.SignInAs(person, password), LOCAL),
  /** The same with the person's PIN on this computer. */
  signInWithPin: (person: string, pin: string) => settle(() => go().PIN.SignIn(person, pin), LOCAL),
  signOut: () => settle(() => go().People.SignOut(), LOCAL),

  /** Deletes a store that cannot be opened any more, so that it can be synced anew. */
  resetStore: (word: string) => settle(() => go().Clinics.ResetStore(word), LOCAL),
  /** Erases people, clients and keys, where nobody can sign in any more. The word is ERASE. */
  startOver: (word: string) => settle(() => go().Clinics.StartOver(word), LOCAL),

  /** Somebody uses the keyboard or the mouse: the window does not lock itself yet. */
  active: () => settle(() => go().Security.Active(), LOCAL),
  /** The number of the session of whoever is signed in; 0 is nobody. */
  /** What the lists show, for whoever has locked the window: the next state of theirs has it. */
  keepView: (view: string) => settle(() => go().Security.KeepView(view), LOCAL),
  heartbeat: () => settle(() => go().Security.Heartbeat(), AT_ONCE),
  lock: () => settle(() => go().Security.Lock(), LOCAL),
  setIdleMinutes: (minutes: number) => settle(() => go().Security.SetAutoLock(minutes), LOCAL),
  /** Judges a password as setting it would, for whoever has this name and email. */
  strength: (password: string, name: string, email: string) =>
    settle(() => go().People.Strength(password, name, email), LOCAL),
  changePassword: (present: string, fresh: string) =>
    settle(() => go().People.ChangePassword(present, fresh), LOCAL),

  /** A PIN for whoever is signed in; `own` is their password. */
  setPin: (pin: string, own: string) => settle(() => go().PIN.Set(pin, own), LOCAL),
  removePin: (own: string) => settle(() => go().PIN.Remove(own), LOCAL),
  /** For everybody on this computer; forbidding removes all PINs. */
  allowPins: (allowed: boolean) => settle(() => go().PIN.Allow(allowed), LOCAL),

  people: async () => (await settle(() => go().People.List(), LOCAL)) ?? [],
  /** `own` is the password of whoever does it; as in all that follows. */
  addPerson: (details: PersonDetails, password: string, own: string) =>
    settle(() => go().People.Add(details, password, own), LOCAL),
  /** Refused where the person is not as `before`, which was shown, any more. */
  changePerson: (id: string, before: PersonDetails, details: PersonDetails, own: string) =>
    settle(() => go().People.Change(id, before, details, own), LOCAL),
  resetPassword: (id: string, password: string, own: string) =>
    settle(() => go().People.ResetPassword(id, password, own), LOCAL),
  /** What may be chosen for somebody. */
  roles: async () => (await settle(() => go().People.Roles(), LOCAL)) ?? [],
  /** A new password that is accepted for whoever has this name and email. */
  suggestPassword: (name: string, email: string) =>
    settle(() => go().People.Suggest(name, email), LOCAL),
  /** Go clears the clipboard after 45 seconds. */
  copyPassword: (password: string) => settle(() => go().People.CopyPassword(password), LOCAL),
  /** The newest lines of the audit trail before the one with this id; 0 is from the end. */
  audit: async (before: number, limit: number) =>
    (await settle(() => go().Security.Audit(before, limit), LOCAL)) ?? [],

  keyring: () => settle(() => go().Security.Keyring(), LOCAL),
  retention: () => settle(() => go().Security.Retention(), LOCAL),
  setRetention: (retention: RetentionView, own: string) =>
    settle(() => go().Security.SetRetention(retention, own), LOCAL),
  diagnostics: () => settle(() => go().About.Diagnostics(), LOCAL),

  /** The clinics that have data on this computer; one that is alone need not be among them. */
  clinics: async () => (await settle(() => go().Clinics.List(), LOCAL)) ?? [],
  /** Gives the clinic of a pasted key data of its own, and switches to it. */
  connectSeparately: (key: string, own: string) =>
    settle(() => go().Clinics.ConnectSeparately(key, own), REMOTE),
  useClinic: (account: string) => settle(() => go().Clinics.Use(account), REMOTE),
  /** Switches to it, where the link to this client waits. */
  openInClinic: (account: string, client: string) =>
    settle(() => go().Clinics.OpenIn(account, client), REMOTE),

  /** Of the clinic that is shown. */
  setColor: (color: ClinicColor) => settle(() => go().Clinics.SetColor(color), LOCAL),

  openDemo: () => settle(() => go().Clinics.OpenDemo(), REMOTE),
  leaveDemo: () => settle(() => go().Clinics.LeaveDemo(), REMOTE),

  shareClinic: (address: string, own: string) =>
    settle(() => go().Computers.Share(address, own), UNLIMITED),
  joinClinic: (code: string) => settle(() => go().Computers.Join(code), UNLIMITED),
  computers: async () => (await settle(() => go().Computers.List(), REMOTE)) ?? [],
  /** The code with which the next computer joins. */
  addComputer: (own: string) => settle(() => go().Computers.Add(own), REMOTE),
  copyCode: (code: string) => settle(() => go().Computers.CopyCode(code), LOCAL),
  removeComputer: (own: string, id: string) => settle(() => go().Computers.Remove(own, id), REMOTE),
  stopSharing: (own: string) => settle(() => go().Computers.StopSharing(own), REMOTE),

  connect: (key: string) => settle(() => go().Integration.Connect(key), REMOTE),
  disconnect: (own: string) => settle(() => go().Integration.Disconnect(own), REMOTE),
  /** What it could not do once the clients were erased. */
  eraseRest: (own: string) => settle(() => go().Integration.EraseRest(own), REMOTE),

  hub: () => settle(() => go().Hub.State(), LOCAL),
  /** Those that a client id and a secret reach; nothing is kept. */
  hubOrganisations: async (region: HubRegion, id: string, secret: string) =>
    (await settle(() => go().Hub.Organisations(region, id, secret), REMOTE)) ?? [],
  connectHub: (region: HubRegion, id: string, secret: string, organisation: string) =>
    settle(() => go().Hub.Connect(region, id, secret, organisation), REMOTE),
  disconnectHub: (own: string) => settle(() => go().Hub.Disconnect(own), LOCAL),
  /** Its progress is told by the compare event. */
  compareHub: () => settle(() => go().Hub.Compare(), UNLIMITED),
  hubFound: (kind: FoundKind | '', offset: number, limit: number) =>
    settle(() => go().Hub.Found(kind, offset, limit), LOCAL),
  exportComparison: (own: string) => settle(() => go().Hub.Export(own), UNLIMITED),
  /** Its progress is told by the hub event. */
  setSending: (answers: SendingView) => settle(() => go().Hub.SetSending(answers), LOCAL),
  stopSending: () => settle(() => go().Hub.StopSending(), LOCAL),
  hubQueue: () => settle(() => go().Hub.Queue(), LOCAL),
  /** One of the queue, with the profiles in question, which are read in VALD Hub. */
  hubMatch: (ref: string) => settle(() => go().Hub.Match(ref), REMOTE),
  decideMatch: (shown: MatchView, answer: MatchAnswer, profileId: string) =>
    settle(() => go().Hub.Decide(shown, answer, profileId), LOCAL),

  listPatients: () => settle(() => go().Sync.List(), UNLIMITED),
  listing: (offset: number, limit: number) => settle(() => go().Sync.Listing(offset, limit), LOCAL),
  listingSummary: () => settle(() => go().Sync.ListingSummary(), LOCAL),
  startImport: () => settle(() => go().Sync.Import(), UNLIMITED),
  discardListing: () => settle(() => go().Sync.Discard(), LOCAL),
  cancelSync: () => settle(() => go().Sync.Cancel(), LOCAL),
  syncNow: () => settle(() => go().Sync.Now(), UNLIMITED),
  /** The page is on the screen, in these colours; again when they change. */
  painted: (dark: boolean) => settle(() => go().About.Painted(dark), LOCAL),
  /** Somebody looks at the window: what it shows should not be old. */
  focused: () => settle(() => go().About.Focused(), LOCAL),

  /** The profiles that need attention: the query's filter makes no difference. */
  attention: (query: ProfileQuery) => settle(() => go().Attention.Find(query), LOCAL),
  /** The refs of the rows that fit, without the limit that attention() has. */
  attentionRefs: async (query: ProfileQuery) =>
    (await settle(() => go().Attention.Refs(query), LOCAL)) ?? [],
  /** Everybody whom attention() finds, without its limit. */
  attentionNames: async (query: ProfileQuery) =>
    (await settle(() => go().Attention.Names(query), LOCAL)) ?? [],
  /** Reads one of them from Cliniko again; null once the profile is complete. */
  retry: (ref: string) => settle(() => go().Attention.Retry(ref), REMOTE),
  /** Asks for the password again, then where to save; '' when the person cancelled. */
  exportAttention: (query: ProfileQuery, password: string) =>
    settle(() => go().Attention.Export(query, password), UNLIMITED),
  /** As exportAttention, with what is needed to call them; a page to print opens in the browser. */
  attentionSheet: (query: ProfileQuery, format: SheetFormat, password: string) =>
    settle(() => go().Attention.CallSheet(query, format, password), UNLIMITED),
  profileSheet: (query: ProfileQuery, format: SheetFormat, password: string) =>
    settle(() => go().Profiles.CallSheet(query, format, password), UNLIMITED),
  /** As exportAttention: everything that is kept of all clients. */
  exportProfiles: (format: ExportFormat, password: string) =>
    settle(() => go().Profiles.Export(format, password), UNLIMITED),

  /** The newest syncs, those that run or continue later included; at most 500. */
  syncs: async (limit: number) => (await settle(() => go().Sync.Passes(limit), LOCAL)) ?? [],
  /** The syncs since the first of these midnights, by day; the oldest first. */
  syncDays: async (begins: string[]) => (await settle(() => go().Sync.Days(begins), LOCAL)) ?? [],
  /** Who is no longer in Cliniko, and stays here until a person has decided. */
  missing: async () => (await settle(() => go().Integration.Missing(), LOCAL)) ?? [],
  keepMissing: () => settle(() => go().Integration.KeepMissing(), LOCAL),
  /** Reads all clients again: who is in Cliniko after all stays. */
  removeMissing: (shown: string[], own: string) =>
    settle(() => go().Integration.RemoveMissing(shown, own), UNLIMITED),

  /** Somebody comes to the Today screen; `begins` are midnights, as for syncDays. */
  lookAtToday: (begins: string[]) => settle(() => go().Today.Look(begins), LOCAL),
  /** The same for whoever is there already. */
  today: (begins: string[]) => settle(() => go().Today.Read(begins), LOCAL),
  pin: (id: string, pinned: boolean) => settle(() => go().Today.Pin(id, pinned), LOCAL),
  startWith: (screen: StartScreen) => settle(() => go().Today.StartWith(screen), LOCAL),
  /** Without a limit: the system may ask the person. */
  setNotify: (on: boolean) => settle(() => go().Today.SetNotify(on), UNLIMITED),

  /** As exportProfiles, of these clients alone. */
  exportSelected: (ids: string[], format: ExportFormat, password: string) =>
    settle(() => go().Profiles.ExportSelected(ids, format, password), UNLIMITED),

  profiles: (query: ProfileQuery) => settle(() => go().Profiles.Find(query), LOCAL),
  /** The ids of the rows that fit, without the limit that profiles() has. */
  profileIds: async (query: ProfileQuery) =>
    (await settle(() => go().Profiles.IDs(query), LOCAL)) ?? [],
  /** The row, from the offset on and then from the top, whose name begins so; -1: none. */
  findName: (query: ProfileQuery, typed: string) =>
    settle(() => go().Profiles.FindName(query, typed), LOCAL),
  profile: (id: string) => settle(() => go().Profiles.Get(id), LOCAL),
  refreshProfile: (id: string) => settle(() => go().Profiles.Refresh(id), REMOTE),
  /** Of a client who has left Cliniko: removes what is kept here. */
  eraseProfile: (id: string, own: string) => settle(() => go().Profiles.Erase(id, own), LOCAL),
  profileHistory: (id: string) => settle(() => go().Profiles.History(id), LOCAL),
  /** Calls one of the client's numbers, or begins an email, in the program for it. */
  call: (id: string, number: string) => settle(() => go().Profiles.Call(id, number), LOCAL),
  mail: (id: string) => settle(() => go().Profiles.Mail(id), LOCAL),
  openInCliniko: (id: string) => settle(() => go().Profiles.OpenInCliniko(id), LOCAL),

  /** The link that waits; each is given once. */
  takeLink: () => settle(() => go().Links.Take(), LOCAL),
  /** Reads the client of a link from Cliniko; one who was merged answers with the survivor. */
  followLink: (id: string) => settle(() => go().Links.Follow(id), REMOTE),
  /** The client that a pasted address, link or bare id names. */
  findPasted: (text: string) => settle(() => go().Links.FindPasted(text), LOCAL),
  linkSetup: () => settle(() => go().Links.Setup(), LOCAL),
  repairLink: (takeOver: boolean) => settle(() => go().Links.Repair(takeOver), LOCAL),
  /** Sends a link through the operating system; false if it was not back in ten seconds. */
  testLink: () => settle(() => go().Links.Test(), LOCAL),
  /** How far this clinic is with the button in Cliniko, as a person says. */
  setButton: (how: Exclude<ButtonState, 'works'>) => settle(() => go().Links.SetButton(how), LOCAL),

  copyText: (text: string) => settle(() => go().About.CopyText(text), LOCAL),
  /** For a client's email or phone number: Go clears the clipboard after 45 seconds. */
  copyDetail: (text: string) => settle(() => go().Profiles.CopyDetail(text), LOCAL),
  openGuide: (name: GuideName) => settle(() => go().About.OpenGuide(name), LOCAL),
};
