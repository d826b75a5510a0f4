import { describe, expect, it, vi } from 'vitest';
import { traceOfRequest } from './trace.ts';

const age = (headers: Record<string, string>) => headers['x-longrun-click-age'];

describe('B3: what the page tells of a request', () => {
  it('nothing was clicked: a trace of its own, and no age', () => {
    const headers = traceOfRequest()();
    expect(headers['x-cloud-trace-context']).toMatch(/^[0-9a-f]{32}\/[1-9]\d{0,14};o=1$/);
    expect(headers['x-cloud-trace-context']).not.toBe(traceOfRequest()()['x-cloud-trace-context']);
    expect(age(headers)).toBeUndefined();
  });

  it('a click: its age when the request is sent, whatever was pressed meanwhile', () => {
    const clicked = performance.now();
    const now = vi.spyOn(performance, 'now').mockReturnValue(clicked);
    document.body.click();
    now.mockReturnValue(clicked + 50);
    const headers = traceOfRequest();
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    now.mockReturnValue(clicked + 250);
    expect(age(headers())).toBe('250.0');
    now.mockReturnValue(clicked + 60_000);
    expect(age(traceOfRequest()())).toBeUndefined();
    now.mockRestore();
  });

  it('typing is no click', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
    expect(age(traceOfRequest()())).toBeUndefined();
    now.mockRestore();
  });
});
