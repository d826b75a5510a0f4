import { expect, test } from 'vitest';
import { uuid5 } from './uuid5.ts';

test('a name in a namespace -> the UUID that everyone else makes of it', () => {
  // The example of RFC 9562, appendix A.4.
  expect(uuid5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
  expect(uuid5('größer', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toMatch(
    /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  );
});
