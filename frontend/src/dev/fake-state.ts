import type { AppState, Permission } from '../lib/api/types';

export const CLINIC = {
  name: 'Harbour Physio',
  shard: 'au2',
  ownerName: 'Dana Smith',
  ownerRole: 'administrator',
  keyEnds: 'W0pd',
  connectedAt: '2026-11-02T22:10:00Z',
};
/** What the first person may do. */
export const EVERYTHING: readonly Permission[] = [
  'practitioner',
  'practitioner.create',
  'practitioner.modify',
  'practitioner.delete',
  'pms_link',
  'pms_link.create',
  'pms_link.modify',
  'pms_link.delete',
  'export',
  'people',
];
export const PERSON = {
  id: '1',
  name: 'Dana Smith',
  email: 'dana@example.com',
  permissions: EVERYTHING,
  active: true,
};

export interface FakeOptions {
  /** How far the clinic has come. */
  stage: 'new' | 'signed-out' | 'unconnected' | 'connected' | 'imported';
  count: number;
  /** How long a local call takes. */
  delay: number;
  /** How long listing and storing take. */
  passTime: number;
  patch?: Partial<AppState>;
}

/** How the stand-in begins. */
export function stateAt(options: FakeOptions): AppState {
  const { stage } = options;
  const connected = stage === 'connected' || stage === 'imported';
  return {
    version: '0.1.0',
    generation: 1,
    demo: false,
    throwaway: false,
    peopleExist: stage !== 'new',
    person:
      stage === 'new' || stage === 'signed-out'
        ? null
        : { ...PERSON, permissions: [...PERSON.permissions] },
    locked: null,
    managers: ['Dana Smith', 'Lee Example'],
    clinic: connected || stage === 'signed-out' ? CLINIC : null,
    keyring: null,
    store: null,
    mayReset: false,
    button: stage === 'imported' ? 'works' : '',
    clientWord: 'client',
    sync: {
      number: 0,
      generation: 1,
      now: '',
      phase: 'idle',
      background: false,
      done: 0,
      total: 0,
      perSecond: 0,
      secondsLeft: -1,
      waitingUntil: '',
      lastSuccess: stage === 'imported' ? new Date(Date.now() - 130_000).toISOString() : '',
      last: null,
      problem: null,
      unfinished: false,
      offlineSince: '',
    },
    tally: { active: 0, failed: 0, archived: 0, activeInCliniko: 0, countedAt: '', missing: 0 },
    idleMinutes: 10,
    linkWaiting: false,
    ...options.patch,
  };
}
