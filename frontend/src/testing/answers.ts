import type { Services } from '../lib/api/bridge';
import type {
  AppState,
  ErrorView,
  HubView,
  ProfileFilter,
  ProfileQuery,
  ProfileRow,
} from '../lib/api';
import * as sample from './samples';
import { TODAY } from './today';

/** What a test finds on this computer, and may change as it likes. */
export interface Found {
  state: AppState;
  profiles: typeof sample.PROFILES;
  /** The list by its filter and by what is searched for: nobody by another text. */
  lists: Record<ProfileFilter, Record<string, ProfileRow[]>>;
  /** What is suggested for a search that finds nobody. */
  suggestions: Record<string, string>;
  counts: typeof sample.COUNTS;
  /** Those that need attention, in the order of the list, and how many for each reason. */
  failing: typeof sample.FAILING;
  reasons: typeof sample.REASONS;
  /** The client whose link waits; '' for none. */
  link: string;
  hub: HubView;
}

export const found = (state: AppState): Found => ({
  state,
  profiles: structuredClone(sample.PROFILES),
  lists: {
    all: { '': sample.ROWS },
    attention: { '': sample.ROWS.filter(({ problems }) => problems.length > 0) },
    archived: { '': [sample.LUCA, sample.NOAH].map(sample.rowOf) },
  },
  suggestions: {},
  counts: { ...sample.COUNTS },
  failing: sample.FAILING,
  reasons: sample.REASONS,
  link: '',
  hub: structuredClone(sample.HUB_OFF),
});

const done = () => Promise.resolve();

// Go's errors reach the page as such objects.
export const rejected = (view: ErrorView) => Promise.reject<never>(view as never);

/** In the place of an answer that only a test can give. */
export const none = () => rejected(sample.refusal('internal', 'No answer.'));

/** What every screen asks, answered with the samples; for what changes anything, none. */
export function answers(go: Found): Services {
  const shown = ({ filter, search }: ProfileQuery) => go.lists[filter][search] ?? [];
  const part = (query: ProfileQuery) =>
    shown(query).slice(query.offset, query.offset + query.limit);

  /** Those that need attention: all, or those of one reason. */
  const failing = ({ reason, search, refs }: ProfileQuery) =>
    search === ''
      ? go.failing.filter(
          ({ ref, problems: [problem] }) =>
            (!reason || problem?.field === reason) && (!refs?.length || refs.includes(ref)),
        )
      : [];

  return {
    About: {
      State: () => Promise.resolve(go.state),
      Painted: done,
      Focused: done,
      Diagnostics: none,
      OpenGuide: done,
      CopyText: done,
    },
    People: {
      CreateFirst: none,
      SignIn: none,
      SignInAs: none,
      SignOut: none,
      Strength: (password) =>
        Promise.resolve(
          password === sample.GUESSABLE
            ? { score: 2, problem: sample.TOO_EASY }
            : { score: password.length < 16 ? 3 : 4, problem: '' },
        ),
      ChangePassword: none,
      List: () => Promise.resolve([sample.DANA, sample.LEE, sample.PRIYA, sample.SAM]),
      Add: none,
      Change: none,
      ResetPassword: none,
      Roles: () => Promise.resolve(sample.ROLES),
      Suggest: none,
      CopyPassword: done,
    },
    PIN: {
      SignIn: none,
      Set: none,
      Remove: none,
      Allow: none,
    },
    Security: {
      Lock: none,
      Active: done,
      KeepView: done,
      Heartbeat: () => Promise.resolve(go.state.session),
      SetAutoLock: none,
      Keyring: () => Promise.resolve({ unprotected: false }),
      Retention: () => Promise.resolve(sample.RETENTION),
      SetRetention: none,
      Audit: () => Promise.resolve([sample.EVENT]),
    },
    Clinics: {
      List: () => Promise.resolve(null),
      Use: none,
      OpenIn: none,
      SetColor: none,
      ConnectSeparately: none,
      OpenDemo: none,
      LeaveDemo: none,
      ResetStore: none,
      StartOver: none,
    },
    Computers: {
      Share: none,
      Join: none,
      List: () => Promise.resolve(sample.COMPUTERS),
      Add: () => Promise.resolve(sample.JOIN_CODE),
      CopyCode: done,
      Remove: done,
      StopSharing: none,
    },
    Integration: {
      Connect: none,
      Disconnect: none,
      EraseRest: none,
      Missing: () => Promise.resolve(sample.MISSING),
      KeepMissing: none,
      RemoveMissing: none,
    },
    Hub: {
      State: () => Promise.resolve(go.hub),
      Organisations: () => Promise.resolve([sample.ORGANISATION]),
      Connect: none,
      Disconnect: none,
      Compare: none,
      Found: none,
      Export: none,
      SetSending: none,
      StopSending: none,
      Queue: () => Promise.resolve({ matches: [sample.LIKELY, sample.EMAIL_IN_USE], left: [] }),
      Match: none,
      Decide: none,
    },
    Sync: {
      List: none,
      Listing: () => Promise.resolve({ rows: [sample.LISTED], total: 1 }),
      ListingSummary: none,
      Import: none,
      Discard: done,
      Cancel: none,
      Now: none,
      Passes: () => Promise.resolve([sample.PASS]),
      Days: (begins) => Promise.resolve(begins.map(() => sample.DAY)),
    },
    Today: {
      Look: () => Promise.resolve(TODAY),
      Read: () => Promise.resolve(TODAY),
      Pin: done,
      StartWith: none,
      SetNotify: none,
    },
    Profiles: {
      Find: (query) =>
        Promise.resolve({
          rows: part(query),
          matched: shown(query).length,
          ...go.counts,
          suggestion: go.suggestions[query.search] ?? '',
        }),
      IDs: (query) => Promise.resolve(part(query).map(({ id }) => id)),
      FindName: none,
      Get: (id) => {
        const known = go.profiles.find((each) => each.id === id);
        return known ? Promise.resolve(known) : rejected(sample.refusal('not_found'));
      },
      Refresh: none,
      Erase: none,
      History: () => Promise.resolve(sample.HISTORY),
      Export: none,
      ExportSelected: none,
      Call: done,
      Mail: done,
      CallSheet: none,
      CopyDetail: done,
      OpenInCliniko: done,
    },
    Attention: {
      Find: (query) => {
        const fit = failing(query);
        return Promise.resolve({
          rows: fit.slice(query.offset, query.offset + query.limit),
          matched: fit.length,
          all: go.failing.length,
          reasons: go.reasons,
        });
      },
      Refs: (query) =>
        Promise.resolve(
          failing(query)
            .slice(query.offset, query.offset + query.limit)
            .map(({ ref }) => ref),
        ),
      Names: (query) => Promise.resolve(failing(query).map(({ id, name }) => ({ id, name }))),
      Retry: none,
      Export: none,
      CallSheet: none,
    },
    Links: {
      Take: () => {
        const { link } = go;
        go.link = '';
        go.state.linkWaiting = false;
        return Promise.resolve({ id: link });
      },
      Follow: none,
      FindPasted: () => Promise.resolve({ id: '' }),
      Setup: () => Promise.resolve(sample.LINK_SETUP),
      Repair: none,
      Test: none,
      SetButton: none,
    },
  };
}
