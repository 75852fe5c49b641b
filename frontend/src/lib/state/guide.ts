import type { AppState } from '$lib/api';

/** The way from nothing to daily use, in its order. */
const STEPS = ['account', 'connect', 'import', 'button'] as const;

export type GuideStep = (typeof STEPS)[number];

export interface Guide {
  /** `skipped`: the clinic does without it. `waiting`: somebody else's turn. */
  steps: { step: GuideStep; done: boolean; skipped: boolean; waiting: boolean }[];
  /** The first that is not done; null once all are. */
  next: GuideStep | null;
}

/** Nothing of it is kept by the page: all follows from what Go knows. */
export function guideOf(state: AppState | null): Guide {
  const done: Record<GuideStep, boolean> = {
    account: Boolean(state?.person),
    connect: Boolean(state?.clinic),
    import: Boolean(state?.sync.lastSuccess),
    button: state?.button === 'works' || state?.button === 'unused',
  };
  return {
    steps: STEPS.map((step) => ({
      step,
      done: done[step],
      skipped: step === 'button' && state?.button === 'unused',
      waiting: step === 'button' && state?.button === 'waiting',
    })),
    next: STEPS.find((step) => !done[step]) ?? null,
  };
}
