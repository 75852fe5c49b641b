import { describe, expect, it, vi } from 'vitest';
import { api, ApiError, on, settle, toErrorView } from '.';
import { startGo } from '../../testing/go';
import { unanswered } from '../../testing/unanswered';

describe('errors', () => {
  it('takes an error view as it is', () => {
    const view = { code: 'key_refused', message: 'Refused.', until: '', wait: 0 };
    expect(toErrorView(view)).toEqual(view);
    expect(toErrorView(new ApiError(view))).toEqual(view);
  });

  it('reads a view out of a text, as Wails may hand it over', () => {
    const text =
      '{"code":"rate_limited","message":"Wait.","until":"2026-11-03T14:03:00Z","wait":3}';
    expect(toErrorView(text)).toEqual({
      code: 'rate_limited',
      message: 'Wait.',
      until: '2026-11-03T14:03:00Z',
      wait: 3,
    });
    expect(toErrorView(new Error('offline: No connection.'))).toMatchObject({
      code: 'offline',
      message: 'No connection.',
    });
  });

  it('never shows the text of a bug', () => {
    for (const thrown of ['nil pointer', new Error('boom at 0x12'), undefined, 42, '{broken']) {
      const view = toErrorView(thrown);
      expect(view.code).toBe('internal');
      expect(view.message).toMatch(/^Something went wrong/);
    }
  });
});

describe('calls', () => {
  it('rejects with a timed_out error when Go never answers', async () => {
    vi.useFakeTimers();
    const never = settle(() => new Promise<never>(() => undefined), 1000);
    const caught = never.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1001);
    expect(await caught).toMatchObject({ code: 'timed_out' });
    vi.useRealTimers();
  });

  it('has no limit where none is asked for', async () => {
    vi.useFakeTimers();
    let finish: (value: string) => void = () => undefined;
    const long = settle(() => new Promise<string>((resolve) => (finish = resolve)), 0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    finish('done');
    expect(await long).toBe('done');
    vi.useRealTimers();
  });

  it('rejects with an ApiError whatever was thrown', async () => {
    await expect(settle(() => Promise.reject(new TypeError('x')), 10)).rejects.toBeInstanceOf(
      ApiError,
    );
    await expect(api.state()).rejects.toMatchObject({ code: 'internal' }); // no window.go here
  });

  it('gives an empty list where Go gives null', async () => {
    const go = startGo();
    go.Sync.Passes.mockResolvedValue(null);
    expect(await api.syncs(1)).toEqual([]);
  });
});

describe('events', () => {
  it('come typed, until they are stopped', () => {
    const go = startGo();
    const heard = vi.fn();
    const stop = on('sync', heard);
    go.emit('sync', go.state.sync);
    stop();
    go.emit('sync', go.state.sync);
    expect(heard).toHaveBeenCalledExactlyOnceWith(go.state.sync);
  });
});

it('a page test hears of what it gave no answer to', async () => {
  startGo();
  await expect(api.syncNow()).rejects.toMatchObject({
    code: 'internal',
    message: 'This test has no answer for Sync.Now.',
  });
  expect(unanswered.splice(0)).toEqual(['Sync.Now']);
});
