import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { ProfileView } from '$lib/api';
import Identity from './Identity.svelte';

const shown = (view: Partial<ProfileView>) => {
  const { container } = render(Identity, {
    view: { born: '', impossibleBorn: '', age: -1, sex: 'Female', genderIdentity: '', ...view },
  } as { view: ProfileView });
  return container.textContent?.replace(/\s+/g, ' ').trim();
};

describe('the birth date of a profile', () => {
  it('that cannot be is shown as Cliniko has it', () => {
    expect(shown({ impossibleBorn: '1990-02-30' })).toBe(
      'Impossible birth date: 1990-02-30 · Female',
    );
  });

  it('that is missing is said to be', () => {
    expect(shown({})).toBe('No birth date · Female');
  });

  it('stands with the age', () => {
    expect(shown({ born: '1990-01-02', age: 36 })).toMatch(/1990.*\(36\) · Female$/);
  });
});
