import { expect } from 'vitest';
import { raw, type Check } from './check.ts';

const area = 'service';

export const SERVICE: Check[] = [
  {
    area,
    name: 'GET /ok',
    holds: async (on) => expect((await raw(on, 'GET', '/ok')).body).toEqual({ ok: true }),
  },
  {
    area,
    name: 'GET /info tells version and flags',
    holds: async (on) =>
      expect((await raw(on, 'GET', '/info')).body).toMatchObject({
        version: expect.any(String),
        context: 'js',
        flags: { assistants: true, crons: expect.any(Boolean), langsmith: expect.any(Boolean) },
      }),
  },
  {
    area,
    name: 'CORS: a preflight is answered without a credential',
    holds: async ({ apiUrl }) => {
      const { status, headers } = await fetch(`${apiUrl}/threads`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:3000',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-api-key',
        },
      });
      expect(status).toBeLessThan(300);
      expect(headers.get('access-control-allow-origin')).toMatch(/\*|localhost:3000/);
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(headers.get('access-control-allow-headers')).toMatch(/x-api-key/i);
    },
  },
  {
    area,
    name: 'CORS: headers that clients read are exposed, also on errors',
    holds: async (on) => {
      const origin = { origin: 'http://localhost:3000' };
      const { status, headers } = await raw(on, 'GET', `/threads/${crypto.randomUUID()}`, undefined, origin);
      expect(status).toBe(404);
      expect(headers.get('access-control-expose-headers')).toMatch(/content-location/i);
      expect(headers.get('access-control-allow-origin')).toBeTruthy();
    },
  },
];
