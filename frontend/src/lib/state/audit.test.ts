import { describe, expect, it } from 'vitest';
import { actionInWords, clientOf, outcomeInWords, whoInWords } from './audit.svelte';

describe('a line of the audit trail', () => {
  it('says what was done', () => {
    expect(actionInWords({ action: 'connected_clinic', outcome: '' })).toBe(
      'Connected a clinic or replaced its key',
    );
    expect(outcomeInWords('')).toBe('');
  });

  it('says who it was, and of whom', () => {
    expect(whoInWords({ person: 'Dana Smith', action: 'signed_in', outcome: '' })).toBe(
      'Dana Smith',
    );
    expect(whoInWords({ person: '', action: 'synced', outcome: '' })).toBe(
      'Somebody who is not here any more',
    );
    const refused = { action: 'signed_in', outcome: 'sign_in_refused' };
    expect(whoInWords({ ...refused, person: '' })).toBe('Somebody whose email is not here');
    expect(actionInWords(refused)).toBe('Tried to sign in');
    expect(clientOf({ action: 'refreshed_profile', subject: '7' })).toBe('7');
    expect(clientOf({ action: 'erased_profile', subject: '7' })).toBe('');
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
