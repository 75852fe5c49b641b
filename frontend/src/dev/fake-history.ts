import type {
  ChangeView,
  DayView,
  FieldChangeView,
  HistoryView,
  PassView,
  ProfileView,
} from '../lib/api/types';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const back = (time: number) => new Date(Date.now() - time).toISOString();

function change(age: number, fields: FieldChangeView[], late = 3 * MINUTE): ChangeView {
  return { at: back(age - late), updatedAt: back(age), opened: false, fields };
}

const field = (field: string, label: string, before: string, after: string) => ({
  field,
  label,
  before,
  after,
});

/** What may have happened to somebody who is like this now: to some much, to most nothing. */
export function historyOf(person: ProfileView): HistoryView {
  const changes: ChangeView[] = [];
  const luck = Number(person.id.slice(-4)) % 5;
  const email = person.email.replace('@example.com', '@example.net');
  if (person.state !== 'active') {
    const fields = [field('state', 'State', 'active', person.state)];
    if (person.mergedInto) fields.push(field('merged_into', 'Merged into', '', person.mergedInto));
    changes.push(change(2 * DAY, fields));
  }
  if (luck < 2) {
    changes.push(change(5 * DAY, [field('email', 'Email', email, person.email)]));
  }
  if (luck === 0) {
    const phone = person.phones[0];
    changes.push(
      change(24 * DAY, [
        field('last_name', 'Last Name', 'Sample', person.lastName),
        field('date_of_birth', 'Date of Birth', '', person.born),
        field('phones', 'Phone Numbers', '', `${phone?.number} ${phone?.type}`),
        field('privacy_policy', 'Privacy Policy', '', 'true'),
      ]),
      change(33 * DAY, [field('state', 'State', 'archived', 'active')]),
      change(60 * DAY, [field('state', 'State', 'active', 'archived')]),
    );
  }
  return { addedAt: back(75 * DAY), createdAt: person.createdAt, changes };
}

const HOW_MANY = 430;

/** The syncs of the last day and a half, every five minutes, the newest first. */
export function syncsOf(failed: number, everybody: number): PassView[] {
  return Array.from({ length: HOW_MANY }, (_, i) => {
    const pass = quiet(2 * MINUTE + 5 * i * MINUTE, failed);
    if (i % 83 === 4) Object.assign(pass, { synced: 2, unchanged: 1, read: failed + 3 });
    if (i === 31)
      Object.assign(pass, { kind: 'retry', synced: 1, failed: 2, read: 3, requests: 1 });
    if (i === 140) Object.assign(pass, { archived: 1, read: failed + 1 });
    if (i === 201) Object.assign(pass, { read: 0, failed: 0, requests: 4, error: 'timed_out' });
    if (i === 202) Object.assign(pass, { read: 0, failed: 0, requests: 1, error: 'login_page' });
    if (i === HOW_MANY - 1) {
      Object.assign(pass, { kind: 'full', read: everybody, synced: everybody - failed });
    }
    return pass;
  });
}

function quiet(age: number, failed: number): PassView {
  return {
    kind: 'changes',
    startedAt: back(age + 800),
    endedAt: back(age),
    read: failed,
    synced: 0,
    unchanged: 0,
    failed,
    archived: 0,
    requests: 3,
    error: '',
  };
}

/** As many days with one sync every five minutes, but for the nights and one weekend. */
export function daysOf(count: number, failing: number): DayView[] {
  return Array.from({ length: count }, (_, i) => {
    const ago = count - 1 - i;
    if (failing < 0 || ago === 8 || ago === 9) return { passes: 0, broken: 0, failing: -1 };
    const passes = 96 + ((i * 37) % 29);
    const broken = ago === 13 ? 41 : ago === 4 ? 2 : 0;
    // The count was not kept at first; then somebody went through the list.
    const known = ago > 22 ? -1 : failing + Math.round(ago * 1.9) + (ago > 15 ? 14 : 0);
    return { passes: ago === 0 ? 40 : passes, broken, failing: known };
  });
}
