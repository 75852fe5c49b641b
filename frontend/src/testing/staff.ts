/** The people who sign in, and the roles that they may have. */
import type { EventView, Permission, PersonView, RoleView } from '../lib/api/types';

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

export const ROLES: RoleView[] = [
  {
    name: 'front_desk',
    permissions: [
      'practitioner',
      'practitioner.create',
      'practitioner.modify',
      'pms_link',
      'pms_link.modify',
      'export',
    ],
  },
  {
    name: 'practitioner',
    permissions: ['practitioner', 'practitioner.create', 'practitioner.modify'],
  },
  { name: 'owner', permissions: [...EVERYTHING] },
];

export const DANA: PersonView = {
  id: '1',
  name: 'Dana Smith',
  email: 'dana@example.com',
  permissions: [...EVERYTHING],
  role: 'owner',
  active: true,
};
export const LEE: PersonView = {
  id: '2',
  name: 'Lee Example',
  email: 'lee@example.com',
  permissions: ['practitioner', 'practitioner.modify', 'people'],
  role: '',
  active: true,
};
export const PRIYA: PersonView = {
  id: '3',
  name: 'Priya Sample',
  email: 'priya@example.com',
  permissions: ['practitioner'],
  role: '',
  active: true,
};
export const SAM: PersonView = {
  id: '4',
  name: 'Sam Former',
  email: 'sam@example.com',
  permissions: ['practitioner', 'pms_link'],
  role: '',
  active: false,
};

export const EVENT: EventView = {
  id: 1,
  at: '2026-11-03T09:12:00Z',
  hereAt: '',
  person: 'Dana Smith',
  action: 'opened_profile',
  subject: '836447129235000000',
  outcome: '',
};
/** A password that Go does not accept, and why. */
export const GUESSABLE = 'Telehab2026!';
export const TOO_EASY =
  'The password is too easy to guess. Use a few words that do not belong together.';
