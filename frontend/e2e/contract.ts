// The page's own types against what Wails generates from the Go side: compiled
// only. A field or method that one side has and the other has not is an error
// here, which names it.
import type * as Bound from '../wailsjs/go/main/App';
import type { main } from '../wailsjs/go/models';
import type * as Page from '../src/lib/api/types';
import type { GoApp } from '../src/lib/api/bridge';

/** Wails makes classes, with a helper of its own among the fields. */
type Fields<T> = Exclude<keyof T, 'convertValues'>;

/** The fields that only one side has: none. */
type Difference<A, B> = Exclude<A, B> | Exclude<B, A>;

type OnBothSides = keyof typeof main & keyof PageTypes;
type Differences = {
  [Name in OnBothSides]: Difference<
    Fields<InstanceType<(typeof main)[Name]>>,
    keyof PageTypes[Name]
  >;
};

interface PageTypes {
  AppState: Page.AppState;
  PersonView: Page.PersonView;
  PersonDetails: Page.PersonDetails;
  LockedView: Page.LockedView;
  EventView: Page.EventView;
  RetentionView: Page.RetentionView;
  ClinicPlace: Page.ClinicPlace;
  ClinicView: Page.ClinicView;
  ConnectionView: Page.ConnectionView;
  Erasure: Page.Erasure;
  ErrorView: Page.ErrorView;
  TallyView: Page.TallyView;
  PassView: Page.PassView;
  DayView: Page.DayView;
  SyncStatus: Page.SyncStatus;
  ListingView: Page.ListingView;
  ListedRow: Page.ListedRow;
  ListingPage: Page.ListingPage;
  ProblemView: Page.ProblemView;
  FailureView: Page.FailureView;
  ProfileQuery: Page.ProfileQuery;
  ProfileRow: Page.ProfileRow;
  HitsView: Page.HitsView;
  ProfilePage: Page.ProfilePage;
  PhoneView: Page.PhoneView;
  ProfileView: Page.ProfileView;
  MergedView: Page.MergedView;
  HistoryView: Page.HistoryView;
  ChangeView: Page.ChangeView;
  FieldChangeView: Page.FieldChangeView;
  MissingView: Page.MissingView;
  LinkView: Page.LinkView;
  LinkSetupView: Page.LinkSetupView;
}

/** Compiles for nothing but never: the error shows what is left over. */
type None<T extends never> = T;

export type EveryTypeHasTheSameFields = None<
  {
    [Name in keyof Differences]: Differences[Name] extends never
      ? never
      : [Name, Differences[Name]];
  }[keyof Differences]
>;
export type EveryGoTypeIsKnown = None<Exclude<keyof typeof main, keyof PageTypes>>;
export type EveryMethodIsBound = None<Exclude<keyof GoApp, keyof typeof Bound>>;
export type EveryMethodIsUsed = None<Exclude<keyof typeof Bound, keyof GoApp>>;
