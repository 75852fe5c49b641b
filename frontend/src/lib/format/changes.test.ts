import { describe, expect, it } from 'vitest';
import type { ChangeView, FieldChangeView } from '$lib/api';
import { changeLine } from './changes';

const AT = '2026-11-20T08:00:00Z';
const UPDATED = '2026-11-19T22:00:00Z';

const field = (field: string, before: string, after: string): FieldChangeView => ({
  field,
  label: `the ${field}`,
  before,
  after,
});
const line = (fields: FieldChangeView[], rest: Partial<ChangeView> = {}) =>
  changeLine({ at: AT, updatedAt: UPDATED, opened: false, fields, ...rest });

describe('a change in words', () => {
  it.each([
    ['active', 'archived', /^Archived in Cliniko$/],
    ['archived', 'active', /^Brought back in Cliniko$/],
    ['active', 'deleted', /^Deleted in Cliniko$/],
    ['deleted', 'active', /^In Cliniko again$/],
    ['archived', 'merged', /^Merged into another client$/],
  ])('from %s to %s', (before, after, words) => {
    const { state, details } = line([field('state', before, after)]);
    expect(state).toMatch(words);
    expect(details).toEqual([]);
  });

  it('keeps the survivor’s number to itself', () => {
    const merged = line([field('state', 'active', 'merged'), field('merged_into', '', '123')]);
    expect(merged.state).toBe('Merged into another client');
    expect(line([field('merged_into', '122', '123')]).state).toBe('Merged into another client');
    expect(JSON.stringify(merged)).not.toContain('123');
  });

  it('says what was and what is, as people read it', () => {
    const { state, details } = line([
      field('date_of_birth', '', '1988-03-12'),
      field('privacy_policy', '', 'true'),
      field('privacy_policy', 'true', 'false'),
      field('email', 'old@example.com', ''),
    ]);
    expect(state).toBe('');
    expect(details[0]?.label).toBe('the date_of_birth');
    expect(details[0]?.after).toMatch(/12.*1988/);
    expect(details.slice(1).map(({ before, after }) => [before, after])).toEqual([
      ['No answer yet', 'Accepted'],
      ['Accepted', 'Not accepted'],
      ['old@example.com', ''],
    ]);
  });

  it('shows that a year lacks digits', () => {
    const { details } = line([field('date_of_birth', '0001-01-01', '0198-01-01')]);
    expect(details[0]?.before).toContain('0001');
    expect(details[0]?.after).toContain('0198');
  });

  it('has Cliniko’s time, unless Cliniko may not have told it', () => {
    expect(line([field('email', '', 'a')]).when).toBe(UPDATED);
    expect(line([field('email', '', 'a')], { updatedAt: '' }).when).toBe(AT);
    // Archiving and deleting leave that time as it was.
    expect(line([field('state', 'active', 'archived')]).when).toBe(AT);
    // The clocks disagree.
    expect(line([field('email', '', 'a')], { updatedAt: '2026-11-20T09:00:00Z' }).when).toBe(AT);
  });
});
