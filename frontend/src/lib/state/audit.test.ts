import { describe, expect, it } from 'vitest';
import { actionInWords, outcomeInWords } from './audit.svelte';

describe('a line of the audit trail', () => {
  it('says what was done', () => {
    expect(actionInWords({ action: 'connected_clinic', outcome: '' })).toBe(
      'Connected a clinic or replaced its key',
    );
    expect(outcomeInWords('')).toBe('');
  });

  it('does not say that it was, where it was not', () => {
    expect(actionInWords({ action: 'connected_clinic', outcome: 'key_refused' })).toBe(
      'Tried to connect a clinic or replace its key',
    );
    expect(outcomeInWords('key_refused')).toBe('Cliniko refused the key.');
    expect(outcomeInWords('not_finished')).toBe('Not finished, or the end was not recorded.');
    expect(outcomeInWords('store_full')).toBe('It did not work: store_full.');
  });
});
