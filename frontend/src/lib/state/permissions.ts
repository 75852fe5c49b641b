import type { Area, Deed, Permission, RoleName, RoleView } from '$lib/api';
import { t } from '$lib/i18n';

export const AREAS: readonly Area[] = ['practitioner', 'pms_link'];
export const DEEDS: readonly Deed[] = ['create', 'modify', 'delete'];

/** What belongs to no area. */
export const ALONE = ['export', 'people'] as const satisfies readonly Permission[];

/** The columns of the grid: to view an area, and what may be done there. */
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

/** What somebody may do, in words: a line for each area. */
export function inWords(has: readonly Permission[]): string[] {
  const lines = AREAS.flatMap((area) => {
    const levels = LEVELS.filter((level) => has.includes(permissionFor(area, level)));
    if (levels.length === 0) return [];
    const names = levels.map((level) => t(`people.level.${level}`).toLowerCase());
    return t('people.some', {
      area: t(`people.area.${area}`),
      levels: levels.length === LEVELS.length ? t('people.all') : names.join(', '),
    });
  });
  const alone = ALONE.filter((each) => has.includes(each));
  const everything = AREAS.every((area) => all(area).every((each) => has.includes(each)));
  if (everything && alone.length === ALONE.length) return [t('people.everything')];
  return [...lines, ...alone.map((each) => t(`people.alone.${each}`))];
}
