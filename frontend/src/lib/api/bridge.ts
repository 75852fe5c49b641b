import type * as T from './types';

/** What Go binds, as Wails puts it on the window: window.go.window.About.State. */
export interface Services {
  About: About;
  People: People;
  PIN: PIN;
  Security: Security;
  Clinics: Clinics;
  Computers: Computers;
  Integration: Integration;
  Hub: Hub;
  Sync: Sync;
  Today: Today;
  Profiles: Profiles;
  Attention: Attention;
  Links: Links;
}

interface About {
  State(): Promise<T.AppState>;
  Painted(dark: boolean): Promise<void>;
  Focused(): Promise<void>;
  Diagnostics(): Promise<string>;
  OpenGuide(name: T.GuideName): Promise<void>;
  CopyText(text: string): Promise<void>;
}

interface People {
  CreateFirst(name: string, email: string, password: string): Promise<T.AppState>;
  SignIn(email: string, password: string): Promise<T.AppState>;
  SignInAs(person: string, password: string): Promise<T.AppState>;
  SignOut(): Promise<T.AppState>;
  Strength(password: string, name: string, email: string): Promise<T.StrengthView>;
  ChangePassword(present: string, fresh: string): Promise<void>;
  List(): Promise<T.PersonView[] | null>;
  Add(details: T.PersonDetails, password: string, own: string): Promise<T.PersonView>;
  Change(
    id: string,
    before: T.PersonDetails,
    details: T.PersonDetails,
    own: string,
  ): Promise<T.PersonView>;
  ResetPassword(id: string, password: string, own: string): Promise<void>;
  Roles(): Promise<T.RoleView[] | null>;
  Suggest(name: string, email: string): Promise<string>;
  CopyPassword(password: string): Promise<void>;
}

interface PIN {
  SignIn(person: string, pin: string): Promise<T.AppState>;
  Set(pin: string, own: string): Promise<T.AppState>;
  Remove(own: string): Promise<T.AppState>;
  Allow(allowed: boolean): Promise<T.AppState>;
}

interface Security {
  Lock(): Promise<T.AppState>;
  Active(): Promise<void>;
  Heartbeat(): Promise<number>;
  KeepView(view: string): Promise<void>;
  SetAutoLock(minutes: number): Promise<T.AppState>;
  Keyring(): Promise<T.KeyringView>;
  Retention(): Promise<T.RetentionView>;
  SetRetention(retention: T.RetentionView, own: string): Promise<void>;
  Audit(before: number, limit: number): Promise<T.EventView[] | null>;
}

interface Clinics {
  List(): Promise<T.ClinicPlace[] | null>;
  Use(account: string): Promise<T.AppState>;
  OpenIn(account: string, client: string): Promise<T.AppState>;
  SetColor(color: T.ClinicColor): Promise<T.AppState>;
  ConnectSeparately(key: string, own: string): Promise<T.AppState>;
  OpenDemo(): Promise<T.AppState>;
  LeaveDemo(): Promise<T.AppState>;
  ResetStore(word: string): Promise<T.AppState>;
  StartOver(word: string): Promise<T.AppState>;
}

interface Computers {
  Share(address: string, own: string): Promise<T.AppState>;
  Join(code: string): Promise<T.AppState>;
  List(): Promise<T.ComputerView[] | null>;
  Add(own: string): Promise<string>;
  CopyCode(code: string): Promise<void>;
  Remove(own: string, id: string): Promise<void>;
  StopSharing(own: string): Promise<T.StoppedView>;
}

interface Integration {
  Connect(key: string): Promise<T.ConnectionView>;
  Disconnect(own: string): Promise<T.Erasure>;
  EraseRest(own: string): Promise<T.Erasure>;
  Missing(): Promise<T.MissingView[] | null>;
  KeepMissing(): Promise<void>;
  RemoveMissing(shown: string[], own: string): Promise<T.PassView>;
}

interface Hub {
  State(): Promise<T.HubView>;
  Organisations(region: string, id: string, secret: string): Promise<T.OrganisationView[] | null>;
  Connect(region: string, id: string, secret: string, organisation: string): Promise<T.HubView>;
  Disconnect(own: string): Promise<T.HubView>;
  Compare(): Promise<T.HubView>;
  Found(kind: string, offset: number, limit: number): Promise<T.FoundPage>;
  Export(own: string): Promise<string>;
  SetSending(answers: T.SendingView): Promise<T.HubView>;
  StopSending(): Promise<T.HubView>;
  Queue(): Promise<T.QueueView>;
  Match(ref: string): Promise<T.MatchView>;
  Decide(shown: T.MatchView, answer: string, profileId: string): Promise<void>;
}

interface Sync {
  List(): Promise<T.ListingView>;
  Listing(offset: number, limit: number): Promise<T.ListingPage>;
  ListingSummary(): Promise<T.ListingView>;
  Import(): Promise<T.PassView>;
  Discard(): Promise<void>;
  Cancel(): Promise<void>;
  Now(): Promise<T.SyncedView>;
  Passes(limit: number): Promise<T.PassView[] | null>;
  Days(begins: string[]): Promise<T.DayView[] | null>;
}

interface Today {
  Look(begins: string[]): Promise<T.TodayView>;
  Read(begins: string[]): Promise<T.TodayView>;
  Pin(id: string, pinned: boolean): Promise<void>;
  StartWith(screen: T.StartScreen): Promise<T.AppState>;
  SetNotify(on: boolean): Promise<T.AppState>;
}

interface Profiles {
  Find(query: T.ProfileQuery): Promise<T.ProfilePage>;
  IDs(query: T.ProfileQuery): Promise<string[] | null>;
  FindName(query: T.ProfileQuery, typed: string): Promise<number>;
  Get(id: string): Promise<T.ProfileView>;
  Refresh(id: string): Promise<T.ProfileView>;
  Erase(id: string, own: string): Promise<void>;
  History(id: string): Promise<T.HistoryView>;
  Export(format: T.ExportFormat, password: string): Promise<string>;
  ExportSelected(ids: string[], format: T.ExportFormat, password: string): Promise<string>;
  Call(id: string, number: string): Promise<void>;
  Mail(id: string): Promise<void>;
  CallSheet(query: T.ProfileQuery, format: T.SheetFormat, password: string): Promise<string>;
  CopyDetail(text: string): Promise<void>;
  OpenInCliniko(id: string): Promise<void>;
}

interface Attention {
  Find(query: T.ProfileQuery): Promise<T.AttentionPage>;
  Refs(query: T.ProfileQuery): Promise<string[]>;
  Names(query: T.ProfileQuery): Promise<T.NameView[] | null>;
  Retry(ref: string): Promise<T.FailureView | null>;
  Export(query: T.ProfileQuery, password: string): Promise<string>;
  CallSheet(query: T.ProfileQuery, format: T.SheetFormat, password: string): Promise<string>;
}

interface Links {
  Take(): Promise<T.LinkView>;
  Follow(id: string): Promise<T.ProfileView>;
  FindPasted(text: string): Promise<T.LinkView>;
  Setup(): Promise<T.LinkSetupView>;
  Repair(takeOver: boolean): Promise<T.LinkSetupView>;
  Test(): Promise<boolean>;
  SetButton(how: string): Promise<void>;
}

/** The part of Wails' runtime that we use. */
export interface WailsRuntime {
  EventsOn(name: string, callback: (...data: unknown[]) => void): () => void;
}

declare global {
  interface Window {
    /** Asked for by public/start.js, before anything else. */
    firstState?: Promise<T.AppState>;
    go?: { window?: Services };
    runtime?: WailsRuntime;
  }
}
