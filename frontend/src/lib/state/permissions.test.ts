import { describe, expect, it } from 'vitest';
import { EVERYTHING, ROLES } from '../../testing/samples';
import { inWords, roleOf, toggled } from './permissions';

describe('permissions', () => {
  it('bring the view of their area', () => {
    expect(toggled([], 'pms_link.modify', true).sort()).toEqual(['pms_link', 'pms_link.modify']);
    expect(toggled([], 'people', true)).toEqual(['people']);
    expect(toggled(['practitioner'], 'export', true)).toEqual(['practitioner', 'export']);
  });

  it('go with the view of their area, and leave the other area alone', () => {
    const has = ['practitioner', 'practitioner.delete', 'pms_link', 'people'] as const;
    expect(toggled(has, 'practitioner', false)).toEqual(['pms_link', 'people']);
    expect(toggled(has, 'practitioner.delete', false)).toContain('practitioner');
  });

  it('have the name of the role with exactly these', () => {
    const practitioner = ['practitioner.modify', 'practitioner', 'practitioner.create'] as const;
    expect(roleOf(practitioner, ROLES)).toBe('practitioner');
    expect(roleOf(EVERYTHING, ROLES)).toBe('owner');
    expect(roleOf([...practitioner, 'export'], ROLES)).toBe('');
    expect(roleOf(practitioner.slice(1), ROLES)).toBe('');
    expect(roleOf([], ROLES)).toBe('');
  });

  it('are said in words', () => {
    expect(inWords(EVERYTHING)).toEqual(['Everything']);
    expect(inWords(EVERYTHING.filter((each) => each !== 'people'))).toEqual([
      'Profiles: everything',
      'Software integration: everything',
      'Export',
    ]);
    expect(inWords(EVERYTHING.filter((each) => each !== 'export'))).toEqual([
      'Profiles: everything',
      'Software integration: everything',
      'Manage people',
    ]);
    expect(inWords(['practitioner', 'practitioner.modify', 'people'])).toEqual([
      'See profiles, refresh and sync profiles',
      'Manage people',
    ]);
    expect(inWords(['practitioner'])).toEqual(['Read only']);
    expect(inWords(['practitioner', 'pms_link'])).toEqual(['See profiles', 'See the connection']);
    expect(inWords([])).toEqual([]);
  });
});
