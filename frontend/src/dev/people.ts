import type {
  FieldName,
  ProblemView,
  ProfileRow,
  ProfileState,
  ProfileView,
} from '../lib/api/types';

/** Fictional people, the same ones every time. */

const FIRST =
  'Ngozi Yusuf Alexandra Mei Oliver Amelia Søren Zoë Mateo Ines Tāne Priya Callum Freya Luca Hana Björn Aoife Dmitri Leila Noah Ruby Kofi Sana Łukasz Chloé Hugo Imani Jonas Maia'.split(
    ' ',
  );
const LAST =
  'Abara Ahmed O’Example Baker Chen Dubois Eriksen Fernández García Haddad Ivanova Jansen Kowalski Lindqvist Müller Nguyen Okafor Patel Quinn Rossi Šimić Tanaka Underwood Visser Walker Xu Young Zhang Te-Rangi D’Angelo'.split(
    ' ',
  );
const SEXES = ['Female', 'Male', 'Female', 'Male', 'Intersex'];
const LABELS: Record<FieldName, string> = {
  first_name: 'First Name',
  last_name: 'Last Name',
  date_of_birth: 'Date of Birth',
  sex: 'Gender (Sex)',
  email: 'Email',
};

/** A small generator of numbers from a seed (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

const missing = (field: FieldName): ProblemView => ({
  field,
  label: LABELS[field],
  kind: 'missing',
  text: `${LABELS[field]} is missing`,
});

export function isFailing(person: ProfileView): boolean {
  return person.failure !== null && person.state === 'active';
}

function problemsOf(person: ProfileView): ProblemView[] {
  const problems: ProblemView[] = [];
  if (!person.firstName) problems.push(missing('first_name'));
  if (!person.lastName) problems.push(missing('last_name'));
  if (!person.born) problems.push(missing('date_of_birth'));
  if (!person.sex) problems.push(missing('sex'));
  if (!person.email) problems.push(missing('email'));
  if (person.email && !person.email.includes('@')) {
    problems.push({
      field: 'email',
      label: LABELS.email,
      kind: 'not_an_email',
      text: 'Email is not an email address',
    });
  }
  return problems;
}

/** Gives a person the failure that its details deserve. */
export function judge(person: ProfileView): ProfileView {
  const problems = person.state === 'active' ? problemsOf(person) : [];
  if (problems.length === 0) return { ...person, failure: null };
  const texts = problems.map((problem) => problem.text);
  return {
    ...person,
    failure: {
      ref: person.id,
      id: person.id,
      name: [person.lastName, person.firstName].filter(Boolean).join(', '),
      code: problems.every((problem) => problem.kind === 'missing') ? 'incomplete' : 'impossible',
      problems,
      reason: texts.join(', '),
      firstFailedAt: '2026-11-03T09:12:00Z',
      lastFailedAt: person.syncedAt,
      attempts: 3,
    },
  };
}

export function people(count: number, now = Date.now()): ProfileView[] {
  const next = random(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const ago = (days: number) => new Date(now - days * 86_400_000).toISOString();

  const all = Array.from({ length: count }, (_, index) => {
    const nameless = next() < 0.003;
    const first = nameless ? '' : pick(FIRST);
    const last = nameless ? '' : pick(LAST);
    const year = 1934 + Math.floor(next() * 85);
    const born = `${year}-${String(1 + Math.floor(next() * 12)).padStart(2, '0')}-${String(1 + Math.floor(next() * 28)).padStart(2, '0')}`;
    const chance = next();
    const state: ProfileState =
      chance < 0.008
        ? 'archived'
        : chance < 0.01
          ? 'merged'
          : chance < 0.011
            ? 'deleted'
            : 'active';
    const ascii = (nameless ? 'client' : `${first}.${last}`)
      .normalize('NFD')
      .replace(/[^a-zA-Z.]/g, '')
      .toLowerCase();
    const wrong = next();
    const person: ProfileView = {
      id: (836447129235000000n + BigInt(index) * 7919n).toString(),
      state,
      title: next() < 0.1 ? 'Dr' : '',
      firstName: first,
      preferred: next() < 0.12 ? first.slice(0, 3) : '',
      lastName: last,
      born: wrong > 0.99 ? '' : born,
      impossibleBorn: '',
      age: wrong > 0.99 ? -1 : 2026 - year,
      sex: wrong < 0.006 ? '' : pick(SEXES),
      genderIdentity: next() < 0.03 ? 'Non-binary' : '',
      pronouns: next() < 0.2 ? pick(['she/her', 'he/him', 'they/them']) : '',
      email:
        wrong > 0.02 && wrong < 0.08
          ? wrong < 0.024
            ? 'n/a'
            : ''
          : `${ascii}${index}@example.com`,
      emailSharedWith: next() < 0.05 ? 1 : 0,
      phones: [
        ...(index % 23 === 5
          ? []
          : [{ type: 'Mobile', number: `0491 570 ${String(100 + (index % 900))}` }]),
        ...(next() < 0.2
          ? [{ type: 'Home', number: `02 5550 ${String(1000 + (index % 9000))}` }]
          : []),
      ],
      privacyPolicy: next() < 0.8 ? 'accepted' : '',
      updatedAt: ago(next() ** 3 * 900),
      createdAt: ago(900 + next() * 900),
      syncedAt: ago(0.002),
      archivedAt: state === 'active' ? '' : ago(40),
      mergedInto: state === 'merged' ? '836447129235000000' : '',
      merged: [],
      erasedAt: state === 'active' ? '' : ago(state === 'deleted' ? -4 : -50),
      mergedFrom: '',
      failure: null,
    };
    return judge(person);
  });
  for (const { mergedInto, id, ...person } of all) {
    const name = [person.lastName, person.firstName].filter(Boolean).join(', ');
    if (mergedInto) all[0]?.merged.push({ id, name });
  }
  return all;
}

/** A person as a line of the profile list. */
export function rowOf(person: ProfileView): ProfileRow {
  return {
    id: person.id,
    name: [person.lastName, person.firstName].filter(Boolean).join(', '),
    preferred: person.preferred,
    born: person.born,
    sex: person.sex,
    email: person.email,
    phone: person.phones[0]?.number ?? '',
    state: person.state,
    problems: person.failure?.problems ?? [],
    updatedAt: person.updatedAt,
    hits: { name: null, preferred: null, email: null, phone: null },
  };
}
