import { describe, expect, it } from 'vitest';
import { describeError, redacted } from './describe-error.ts';

describe('C6: an error in a log', () => {
  it('names its kind, its code and its places; of a graph, not its words', () => {
    const error = Object.assign(new TypeError('The user said marker-1\n    at marker-2'), { code: 'EFOO' });
    expect(describeError(error)).toMatchObject({ error_type: 'TypeError', error_code: 'EFOO' });
    const foreign = describeError(error, true);
    expect(JSON.stringify(foreign)).not.toContain('marker');
    expect(foreign['stack_trace']).toMatch(/^TypeError\n\s+at .*describe-error\.test\.ts/);
    expect(foreign).not.toHaveProperty('error');
  });

  it('what is no error is told by its type alone', () => {
    expect(describeError('marker')).toEqual({ error_type: 'string' });
  });

  it('what a message quotes is left out, and a long one is cut', () => {
    let parser = '';
    try {
      JSON.parse('marker-1 {');
    } catch (error) {
      parser = String(describeError(error)['error']);
    }
    expect(parser).toMatch(/is not valid JSON/);
    expect(parser).not.toContain('marker-1');
    expect(redacted("Cannot read properties of undefined (reading 'marker')")).not.toContain('marker');
    expect(redacted('open "marker and no end')).not.toContain('marker');
    expect(redacted("it doesn't quote")).toBe("it doesn't quote");
    expect(redacted('x'.repeat(1_000)).length).toBeLessThan(310);
  });
});
