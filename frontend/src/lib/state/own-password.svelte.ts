import { app } from './app.svelte';
import type { Task } from './task.svelte';

/** The password of whoever is signed in, asked for once more before what matters. */
export class OwnPassword {
  value = $state('');
  box = $state<HTMLInputElement | null>(null);
  /** Somebody tried to continue: that it is missing is said. */
  tried = $state(false);

  /** Nobody in the demo has a password. */
  get asked() {
    return !app.state?.demo;
  }

  get missing() {
    return this.asked && !this.value;
  }

  /** Says whether one can continue; otherwise the focus goes to the field. */
  ready() {
    this.tried = true;
    if (this.missing) this.box?.focus();
    return !this.missing;
  }

  /** What was typed is forgotten, since it was wrong or has done its work. */
  clear() {
    this.value = '';
    this.tried = false;
  }

  /** Runs what sends this password. If it was wrong, it is asked for again. */
  async submit(task: Task) {
    if (!this.ready()) return;
    await task.run();
    if (task.problem?.code !== 'sign_in_refused' || task.problem.wait) return;
    this.clear();
    this.box?.focus();
  }
}
