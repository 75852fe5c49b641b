import { api, type ClinicPlace } from '$lib/api';
import { app } from './app.svelte';
import { Task } from './task.svelte';

/** The clinics of this computer, and the way to another one. */
export class Clinics {
  /** One that is alone need not be among them. */
  places = $state.raw<ClinicPlace[]>([]);

  readonly reading = new Task(async () => {
    this.places = await api.clinics();
  });

  readonly switching = new Task(async (account: string) => {
    app.enter(await api.useClinic(account));
    await this.reading.run(); // its data may not open, and then this screen stays
  });

  get others(): ClinicPlace[] {
    return this.places.filter(({ current }) => !current);
  }
}
