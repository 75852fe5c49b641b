/**
 * The one typed way to Go. Every call rejects with an ApiError and nothing else.
 *
 * A panic in a bound Go method never settles its promise, so short calls have a
 * time limit, longer than any that Go keeps for itself. Calls that may take
 * minutes have none; their progress, and their end, is told by the sync event.
 */
import { t } from '$lib/i18n';
import type { GoApp } from './bridge';
import { ApiError, toErrorView } from './errors';
import type { ExportFormat, GuideName, PersonDetails, ProfileQuery, RetentionView } from './types';

export { ApiError, toErrorView } from './errors';
export { on, type EventMap } from './events';
export type * from './types';

/** Answered from this computer's memory, disk or keyring. */
const LOCAL = 20_000;
/** Goes to Cliniko and comes back, retries included. */
const REMOTE = 120_000;
/** As long as it takes: a whole pass, or a native dialog that waits for a person. */
const UNLIMITED = 0;

function app(): GoApp {
  const bound = window.go?.main?.App;
  if (!bound) throw new ApiError({ code: 'internal', message: t('error.noBackend'), until: '' });
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
        reject(new ApiError({ code: 'timed_out', message: t('error.stuck'), until: '' }));
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
  state: () => settle(() => asked() ?? app().State(), LOCAL),

  createFirstPerson: (name: string, email: string, password: string) =>
    settle(() => app().CreateFirstPerson(name, email, password), LOCAL),
  signIn: (email: string, password: string) => settle(() => app().SignIn(email, password), LOCAL),
  signOut: () => settle(() => app().SignOut(), LOCAL),

  /** Deletes a store that cannot be opened any more, so that it can be synced anew. */
  resetStore: (word: string) => settle(() => app().ResetStore(word), LOCAL),
  /** Erases people, clients and keys, where nobody can sign in any more. The word is ERASE. */
  startOver: (word: string) => settle(() => app().StartOver(word), LOCAL),

  /** Somebody uses the keyboard or the mouse: the window does not lock itself yet. */
  active: () => settle(() => app().Active(), LOCAL),
  lock: () => settle(() => app().Lock(), LOCAL),
  setIdleMinutes: (minutes: number) => settle(() => app().SetIdleMinutes(minutes), LOCAL),
  changePassword: (present: string, fresh: string) =>
    settle(() => app().ChangePassword(present, fresh), LOCAL),

  people: async () => (await settle(() => app().People(), LOCAL)) ?? [],
  addPerson: (details: PersonDetails, password: string) =>
    settle(() => app().AddPerson(details, password), LOCAL),
  changePerson: (id: string, details: PersonDetails) =>
    settle(() => app().ChangePerson(id, details), LOCAL),
  resetPassword: (id: string, password: string) =>
    settle(() => app().ResetPassword(id, password), LOCAL),
  /** The newest lines of the audit trail before the one with this id; 0 is from the end. */
  audit: async (before: number, limit: number) =>
    (await settle(() => app().Audit(before, limit), LOCAL)) ?? [],

  retention: () => settle(() => app().Retention(), LOCAL),
  setRetention: (retention: RetentionView) => settle(() => app().SetRetention(retention), LOCAL),
  diagnostics: () => settle(() => app().Diagnostics(), LOCAL),

  /** The clinics that have data on this computer, once there is more than one. */
  clinics: async () => (await settle(() => app().Clinics(), LOCAL)) ?? [],
  /** Gives the clinic of a pasted key data of its own, and switches to it. */
  connectSeparately: (key: string) => settle(() => app().ConnectSeparately(key), REMOTE),
  useClinic: (account: string) => settle(() => app().UseClinic(account), REMOTE),

  openDemo: () => settle(() => app().OpenDemo(), REMOTE),
  leaveDemo: () => settle(() => app().LeaveDemo(), REMOTE),

  connect: (key: string) => settle(() => app().Connect(key), REMOTE),
  disconnect: () => settle(() => app().Disconnect(), REMOTE),

  listPatients: () => settle(() => app().ListPatients(), UNLIMITED),
  listing: (offset: number, limit: number) => settle(() => app().Listing(offset, limit), LOCAL),
  listingSummary: () => settle(() => app().ListingSummary(), LOCAL),
  startImport: () => settle(() => app().StartImport(), UNLIMITED),
  discardListing: () => settle(() => app().DiscardListing(), LOCAL),
  cancelSync: () => settle(() => app().CancelSync(), LOCAL),
  syncNow: () => settle(() => app().SyncNow(), UNLIMITED),
  /** Somebody looks at the window: what it shows should not be old. */
  /** The page is on the screen, in these colours; again when they change. */
  painted: (dark: boolean) => settle(() => app().Painted(dark), LOCAL),
  focused: () => settle(() => app().Focused(), LOCAL),

  failures: async () => (await settle(() => app().Failures(), LOCAL)) ?? [],
  retryFailure: (ref: string) => settle(() => app().RetryFailure(ref), REMOTE),
  /** Asks for the password again, then where to save; '' when the person cancelled. */
  exportFailures: (password: string) => settle(() => app().ExportFailures(password), UNLIMITED),
  /** As exportFailures: everything that is kept of all clients. */
  exportProfiles: (format: ExportFormat, password: string) =>
    settle(() => app().ExportProfiles(format, password), UNLIMITED),

  /** The newest syncs, those that run or go on later included; at most 500. */
  syncs: async (limit: number) => (await settle(() => app().Syncs(limit), LOCAL)) ?? [],
  /** The syncs since the first of these midnights, by day; the oldest first. */
  syncDays: async (begins: string[]) => (await settle(() => app().SyncDays(begins), LOCAL)) ?? [],
  /** Who is no longer in Cliniko, and stays here until a person has decided. */
  missing: async () => (await settle(() => app().Missing(), LOCAL)) ?? [],
  keepMissing: () => settle(() => app().KeepMissing(), LOCAL),
  /** Reads all clients again: who is in Cliniko after all stays. */
  removeMissing: (shown: string[]) => settle(() => app().RemoveMissing(shown), UNLIMITED),

  /** As exportProfiles, of these clients alone. */
  exportSelected: (ids: string[], format: ExportFormat, password: string) =>
    settle(() => app().ExportSelected(ids, format, password), UNLIMITED),

  profiles: (query: ProfileQuery) => settle(() => app().Profiles(query), LOCAL),
  /** The ids of the rows that fit, without the limit that profiles() has. */
  profileIds: async (query: ProfileQuery) =>
    (await settle(() => app().ProfileIDs(query), LOCAL)) ?? [],
  /** The row, from the offset on and then from the top, whose name begins so; -1: none. */
  findName: (query: ProfileQuery, typed: string) =>
    settle(() => app().FindName(query, typed), LOCAL),
  profile: (id: string) => settle(() => app().Profile(id), LOCAL),
  refreshProfile: (id: string) => settle(() => app().RefreshProfile(id), REMOTE),
  /** Of a client who has left Cliniko: removes what is kept here. */
  eraseProfile: (id: string) => settle(() => app().EraseProfile(id), LOCAL),
  profileHistory: (id: string) => settle(() => app().ProfileHistory(id), LOCAL),
  openInCliniko: (id: string) => settle(() => app().OpenInCliniko(id), LOCAL),

  /** The link that waits; each is given once. */
  takeLink: () => settle(() => app().TakeLink(), LOCAL),
  /** Reads the client of a link from Cliniko; one who was merged answers with the survivor. */
  followLink: (id: string) => settle(() => app().FollowLink(id), REMOTE),
  /** The client that a pasted address, link or bare id names. */
  findPasted: (text: string) => settle(() => app().FindPasted(text), LOCAL),
  linkSetup: () => settle(() => app().LinkSetup(), LOCAL),
  repairLink: (takeOver: boolean) => settle(() => app().RepairLink(takeOver), LOCAL),
  /** Sends a link through the operating system; false if it was not back in ten seconds. */
  testLink: () => settle(() => app().TestLink(), LOCAL),
  /** This clinic does without the button in Cliniko. */
  skipButton: () => settle(() => app().SkipButton(), LOCAL),

  copyText: (text: string) => settle(() => app().CopyText(text), LOCAL),
  /** For a client's email or phone number: Go clears the clipboard after 45 seconds. */
  copyDetail: (text: string) => settle(() => app().CopyDetail(text), LOCAL),
  openGuide: (name: GuideName) => settle(() => app().OpenGuide(name), LOCAL),
};
