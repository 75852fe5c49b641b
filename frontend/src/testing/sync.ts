import type { CannedGo } from './go';
import { LISTING, MISSING, PASS, refusal, STATE } from './samples';

/** The list waits once it is asked for, and an import ends well at once. */
export function importsAtOnce(go: CannedGo) {
  go.Sync.List.mockImplementation(() => {
    go.tell({ phase: 'listed' });
    return Promise.resolve(LISTING);
  });
  go.Sync.Import.mockImplementation(() => {
    go.set({ tally: STATE.tally });
    go.tell({ phase: 'idle', last: PASS, lastSuccess: PASS.endedAt });
    return Promise.resolve(PASS);
  });
}

/** Three are gone from Cliniko at once: a person has to decide. */
export function loseThree(go: CannedGo) {
  go.tell({ problem: refusal('mass_disappearance') });
  go.become({ tally: { ...go.state.tally, missing: MISSING.length } });
}

/** Somebody has decided. */
export function loseNobody(go: CannedGo) {
  go.become({ tally: { ...go.state.tally, missing: 0 } });
}
