import { api, toErrorView, type ErrorView, type LinkSetupView } from '$lib/api';

/** How Open in TeleHab is set up on this computer, and whether it works. */
export class LinkSetup {
  view = $state.raw<LinkSetupView | null>(null);
  problem = $state.raw<ErrorView | null>(null);
  repairing = $state(false);
  testing = $state(false);
  /** What the last test said. */
  result = $state<'' | 'works' | 'lost'>('');

  async load() {
    try {
      this.view = await api.linkSetup();
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    }
  }

  /** Registers telehab:// for this program. `takeOver`: also where another one has it. */
  async repair(takeOver: boolean) {
    if (this.repairing) return;
    this.repairing = true;
    this.problem = null;
    this.result = '';
    try {
      this.view = await api.repairLink(takeOver);
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.repairing = false;
    }
  }

  /** Sends a link through the operating system and waits for it to come back. */
  async test() {
    if (this.testing) return;
    this.testing = true;
    this.problem = null;
    this.result = '';
    try {
      this.result = (await api.testLink()) ? 'works' : 'lost';
      await this.load(); // what was wrong may have been found by trying
    } catch (thrown) {
      this.problem = toErrorView(thrown);
    } finally {
      this.testing = false;
    }
  }
}
