import { describe, expect, it } from 'vitest';
import { needsPerson } from './needs-person';

const of = (code: string) =>
  needsPerson({ code, message: `What Go says of ${code}.`, until: '', wait: 0 });

describe('what needs a person', () => {
  it.each([
    ['key_refused', /refuses this clinic's API key/],
    ['key_forbidden', /may no longer see clients/],
    ['other_clinic', /belongs to another clinic/],
    ['not_connected', /no longer in this computer's keyring/],
  ])('%s needs another key', (code, text) => {
    expect(of(code)).toEqual({ text: expect.stringMatching(text) as string, key: true });
  });

  it.each([
    'store_full',
    'store_damaged',
    'keyring_locked',
    'proxy_unreadable',
    'proxy_sign_in',
    'proxy_script',
    'certificate_untrusted',
    'clock_wrong',
  ])('%s is said by Go', (code) => {
    expect(of(code)).toEqual({ text: `What Go says of ${code}.`, key: false });
  });

  it.each([
    'offline',
    'timed_out',
    'rate_limited',
    'cliniko_trouble',
    'answer_incomplete',
    'login_page',
    'connection_blocked',
    'tls_failed',
    'proxy_unreachable',
    'proxy_refused',
    'store_busy',
  ])('%s passes by itself', (code) => {
    expect(of(code)).toBeNull();
  });
});
