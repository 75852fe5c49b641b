import { api, on, toErrorView, type ErrorView, type ProfileView } from '$lib/api';

/** One profile, read from this computer's store at once and refreshed on demand. */
export class OneProfile {
  view = $state.raw<ProfileView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  refreshing = $state(false);
  /** What a refresh found: its profile is complete now, or still is not. */
  outcome = $state<'' | 'fixed' | 'still'>('');

  constructor(readonly id: string) {}

  follow(): () => void {
    return on('profiles', () => {
      if (!this.refreshing) void this.load();
    });
  }

  async load() {
    try {
      this.view = await api.profile(this.id);
      this.problem = null;
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Reads this one client from Cliniko again. */
  async refresh() {
    if (this.refreshing) return;
    const failed = Boolean(this.view?.failure);
    this.refreshing = true;
    this.outcome = '';
    this.problem = null;
    try {
      this.view = await api.refreshProfile(this.id);
      if (failed) this.outcome = this.view.failure ? 'still' : 'fixed';
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.refreshing = false;
    }
  }

  async openInCliniko() {
    try {
      await api.openInCliniko(this.id);
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }
}
