import type { Area, Deed, Permission, RoleName, RoleView } from '$lib/api';
import { t } from '$lib/i18n';

export const AREAS: readonly Area[] = ['practitioner', 'pms_link'];
export const DEEDS: readonly Deed[] = ['create', 'modify', 'delete'];

/** What belongs to no area. */
export const ALONE = ['export', 'people'] as const satisfies readonly Permission[];

/** To view an area, and what may be done there. */
export type Level = 'view' | Deed;
export const LEVELS: readonly Level[] = ['view', ...DEEDS];

export const permissionFor = (area: Area, level: Level): Permission =>
  level === 'view' ? area : `${area}.${level}`;

/** Which of the roles has exactly these permissions; '' is none. */
export function roleOf(has: readonly Permission[], roles: readonly RoleView[]): '' | RoleName {
  const same = ({ permissions }: RoleView) =>
    permissions.length === has.length && permissions.every((each) => has.includes(each));
  return roles.find(same)?.name ?? '';
}

const all = (area: Area) => LEVELS.map((level) => permissionFor(area, level));

/** The permissions after a box was ticked or cleared: whoever may do something may view it. */
export function toggled(has: readonly Permission[], permission: Permission, on: boolean) {
  const area = AREAS.find((each) => permission.startsWith(each));
  const next = new Set(has);
  if (on) {
    next.add(permission);
    if (area) next.add(area);
  } else if (permission === area) {
    for (const each of all(area)) next.delete(each); // none of it without the view
  } else {
    next.delete(permission);
  }
  return [...next];
}

/** Somebody who reads profiles, and changes nothing. */
const isReader = (has: readonly Permission[]) => has.length === 1 && has[0] === 'practitioner';

/** What somebody may do, in words: a line for each area. */
export function inWords(has: readonly Permission[]): string[] {
  if (isReader(has)) return [t('people.readOnly')];
  const lines = AREAS.flatMap((area) => {
    const levels = LEVELS.filter((level) => has.includes(permissionFor(area, level)));
    if (levels.length === 0) return [];
    if (levels.length === LEVELS.length) {
      return t('people.all', { area: t(`people.area.${area}`) });
    }
    const [first = '', ...rest] = levels.map((level) => t(`people.may.${area}.${level}`));
    return [first, ...rest.map((each) => each[0]?.toLowerCase() + each.slice(1))].join(', ');
  });
  const alone = ALONE.filter((each) => has.includes(each));
  const everything = AREAS.every((area) => all(area).every((each) => has.includes(each)));
  if (everything && alone.length === ALONE.length) return [t('people.everything')];
  return [...lines, ...alone.map((each) => t(`people.alone.${each}`))];
}
