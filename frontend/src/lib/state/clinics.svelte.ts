import { api, type ClinicPlace } from '$lib/api';
import { language, t } from '$lib/i18n';
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

  /** Goes to a client whom the clinic that is shown does not have. */
  readonly opening = new Task(async (account: string, client: string) => {
    app.enter(await api.openInClinic(account, client));
    await this.reading.run(); // as above
  });

  /** Says which they are beside the one that is shown; '' if there is none. */
  get elsewhere(): string {
    const { others } = this;
    const all = new Intl.ListFormat(language, { type: 'conjunction' });
    const names = all.format(others.map(({ name }) => name));
    return others.length > 0 ? t('clinics.elsewhere', { count: others.length, names }) : '';
  }

  get others(): ClinicPlace[] {
    return this.places.filter(({ current }) => !current);
  }
}
