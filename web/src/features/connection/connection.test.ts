import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from './connection.ts';

describe('the connection', () => {
  let tries = 0;
  let connection: Connection;
  beforeEach(() => {
    vi.useFakeTimers();
    tries = 0;
    connection = new Connection(() => {
      tries += 1;
      return Promise.resolve();
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const kind = () => connection.state.get().kind;

  it('ok -> ok: a break that heals soon is not mentioned', () => {
    connection.report(false);
    vi.advanceTimersByTime(1_000);
    connection.report(true);
    vi.advanceTimersByTime(10_000);
    expect(kind()).toBe('ok');
    expect(tries).toBe(0);
  });

  it('ok -> lost -> trying -> ok: counts down, tries, and is quiet again', () => {
    connection.report(false);
    vi.advanceTimersByTime(1_500);
    expect(connection.state.get()).toEqual({ kind: 'lost', nextTryAt: Date.now() + 2_000 });
    vi.advanceTimersByTime(2_000);
    expect(kind()).toBe('trying');
    expect(tries).toBe(1);
    connection.report(true);
    expect(kind()).toBe('ok');
  });

  it('lost: the pauses grow, and a person may hurry them', () => {
    connection.report(false);
    vi.advanceTimersByTime(1_500 + 2_000 + 4_000);
    expect(connection.state.get()).toEqual({ kind: 'lost', nextTryAt: Date.now() + 4_000 });
    connection.tryNow();
    expect(tries).toBe(2);
    expect(kind()).toBe('trying');
  });
});
