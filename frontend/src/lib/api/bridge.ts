import type * as T from './types';

/** What app.go binds, as Wails puts it on the window: window.go.main.App. */
export interface GoApp {
  State(): Promise<T.AppState>;
  CreateFirstPerson(name: string, email: string, password: string): Promise<T.AppState>;
  SignIn(email: string, password: string): Promise<T.AppState>;
  SignOut(): Promise<T.AppState>;
  ResetStore(word: string): Promise<T.AppState>;
  StartOver(word: string): Promise<T.AppState>;
  OpenDemo(): Promise<T.AppState>;
  LeaveDemo(): Promise<T.AppState>;
  Connect(key: string): Promise<T.ConnectionView>;
  Disconnect(): Promise<T.Erasure>;
  ListPatients(): Promise<T.ListingView>;
  Listing(offset: number, limit: number): Promise<T.ListingPage>;
  ListingSummary(): Promise<T.ListingView>;
  StartImport(): Promise<T.PassView>;
  DiscardListing(): Promise<void>;
  CancelSync(): Promise<void>;
  SyncNow(): Promise<T.PassView>;
  Painted(dark: boolean): Promise<void>;
  Focused(): Promise<void>;
  Active(): Promise<void>;
  Lock(): Promise<T.AppState>;
  SetIdleMinutes(minutes: number): Promise<T.AppState>;
  People(): Promise<T.PersonView[] | null>;
  AddPerson(details: T.PersonDetails, password: string): Promise<T.PersonView>;
  ChangePerson(id: string, details: T.PersonDetails): Promise<T.PersonView>;
  ResetPassword(id: string, password: string): Promise<void>;
  ChangePassword(present: string, fresh: string): Promise<void>;
  Audit(before: number, limit: number): Promise<T.EventView[] | null>;
  EraseProfile(id: string): Promise<void>;
  Retention(): Promise<T.RetentionView>;
  SetRetention(retention: T.RetentionView): Promise<void>;
  Diagnostics(): Promise<string>;
  Clinics(): Promise<T.ClinicPlace[] | null>;
  ConnectSeparately(key: string): Promise<T.AppState>;
  UseClinic(account: string): Promise<T.AppState>;
  Failures(): Promise<T.FailureView[] | null>;
  RetryFailure(ref: string): Promise<T.FailureView | null>;
  ExportFailures(password: string): Promise<string>;
  ExportProfiles(format: T.ExportFormat, password: string): Promise<string>;
  ExportSelected(ids: string[], format: T.ExportFormat, password: string): Promise<string>;
  Profiles(query: T.ProfileQuery): Promise<T.ProfilePage>;
  ProfileIDs(query: T.ProfileQuery): Promise<string[] | null>;
  FindName(query: T.ProfileQuery, typed: string): Promise<number>;
  Profile(id: string): Promise<T.ProfileView>;
  RefreshProfile(id: string): Promise<T.ProfileView>;
  ProfileHistory(id: string): Promise<T.HistoryView>;
  Syncs(limit: number): Promise<T.PassView[] | null>;
  SyncDays(begins: string[]): Promise<T.DayView[] | null>;
  Missing(): Promise<T.MissingView[] | null>;
  KeepMissing(): Promise<void>;
  RemoveMissing(shown: string[]): Promise<T.PassView>;
  TakeLink(): Promise<T.LinkView>;
  FollowLink(id: string): Promise<T.ProfileView>;
  FindPasted(text: string): Promise<T.LinkView>;
  LinkSetup(): Promise<T.LinkSetupView>;
  RepairLink(takeOver: boolean): Promise<T.LinkSetupView>;
  TestLink(): Promise<boolean>;
  SkipButton(): Promise<void>;
  OpenInCliniko(id: string): Promise<void>;
  CopyText(text: string): Promise<void>;
  CopyDetail(text: string): Promise<void>;
  OpenGuide(name: T.GuideName): Promise<void>;
}

/** The part of Wails' runtime that we use. */
export interface WailsRuntime {
  EventsOn(name: string, callback: (...data: unknown[]) => void): () => void;
}

declare global {
  interface Window {
    /** Asked for by public/start.js, before anything else. */
    firstState?: Promise<T.AppState>;
    go?: { main?: { App?: GoApp } };
    runtime?: WailsRuntime;
  }
}
