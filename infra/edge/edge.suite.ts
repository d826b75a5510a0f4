import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** What an edge answered. Names of headers in lower case. */
export interface EdgeAnswer {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  /** As text, decoded. */
  body: string;
}

export interface OpenEdge {
  /** GET of a path by a browser, which accepts brotli and gzip. */
  ask(path: string): Promise<EdgeAnswer>;
  close(): Promise<void>;
}

/** What lies in the bucket: path -> content. */
export const SITE_FILES: Readonly<Record<string, string>> = {
  '/index.html': `<!doctype html><title>Longrun</title>${'<!-- padding -->'.repeat(100)}`,
  '/assets/index-1a2b.js': `console.log(${JSON.stringify('long '.repeat(1_000))});`,
  '/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

/** What the functions behind the edge answer, whichever edge it is. */
export function answerOf(target: 'api' | 'admin', path: string): { status: number; body: string } {
  const status = path.endsWith('/none') ? 404 : path.endsWith('/forbidden') ? 403 : 200;
  return { status, body: JSON.stringify(status === 200 ? { target } : { error: { code: status, target } }) };
}

/** For a busy machine. Milliseconds. */
const OPEN_MS = 60_000;
const ASSET = '/assets/index-1a2b.js';
const PAGE = SITE_FILES['/index.html'];

/** B1, B2: what every edge must do, told apart from how it is told to. */
export function edgeSuite(name: string, open: () => Promise<OpenEdge>): void {
  describe(`edge: ${name}`, () => {
    let edge: OpenEdge;
    beforeAll(async () => {
      edge = await open();
    }, OPEN_MS);
    afterAll(() => edge.close());

    test.each(['/', '/index.html', '/runs/42', '/a/b/c', '/missing.png', '/apiary'])(
      'B2: %s -> the page, 200, asked for anew each time',
      async (path) => {
        const { status, headers, body } = await edge.ask(path);
        expect({ status, body }).toEqual({ status: 200, body: PAGE });
        expect(headers['content-type']).toMatch(/^text\/html/);
        expect(headers['cache-control']).toBe('no-cache');
      },
    );

    test('B1: an asset -> kept for a year, compressed', async () => {
      const { status, headers, body } = await edge.ask(ASSET);
      expect({ status, body }).toEqual({ status: 200, body: SITE_FILES[ASSET] });
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-encoding']).toBe('br');
    });

    test('B1: the page is compressed', async () => {
      expect((await edge.ask('/runs/42')).headers['content-encoding']).toBe('br');
    });

    test.each(['/assets/none.js', '/assets/', '/assets/deeper/none.css'])(
      'B2: the missing asset %s -> a real 404, never the page',
      async (path) => {
        const { status, body } = await edge.ask(path);
        expect(status).toBe(404);
        expect(body).not.toContain('<title>Longrun');
      },
    );

    test('another file -> itself, asked for anew each time', async () => {
      const { status, headers, body } = await edge.ask('/icon.svg');
      expect({ status, body }).toEqual({ status: 200, body: SITE_FILES['/icon.svg'] });
      expect(headers['cache-control']).toBe('no-cache');
    });

    test.each([
      ['/api', 'api', 200],
      ['/api/runs', 'api', 200],
      ['/api/administer', 'api', 200],
      ['/api/none', 'api', 404],
      ['/api/forbidden', 'api', 403],
      ['/api/admin', 'admin', 200],
      ['/api/admin/overview', 'admin', 200],
      ['/api/admin/none', 'admin', 404],
      ['/api/admin/forbidden', 'admin', 403],
    ] as const)("B2: %s -> %s's own JSON, %i", async (path, target, status) => {
      const answer = await edge.ask(path);
      expect({ status: answer.status, body: answer.body }).toEqual(answerOf(target, path));
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    });

    test('the page learns who it is at /__/firebase/init.json', async () => {
      const { status, headers, body } = await edge.ask('/__/firebase/init.json');
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^application\/json/);
      const config: unknown = JSON.parse(body);
      expect(config).toMatchObject({ projectId: expect.any(String), apiKey: expect.any(String) });
    });

    test.each(['/', '/runs/42', ASSET, '/icon.svg'])(
      'B1: %s has a policy that runs no inline script',
      async (path) => {
        const policy = directives((await edge.ask(path)).headers['content-security-policy']);
        expect(policy.get('default-src')).toBe("'self'");
        expect(policy.get('script-src')).toMatch(/^'self'( https:\/\/apis\.google\.com)?$/);
        expect(policy.get('object-src')).toBe("'none'");
        expect(policy.get('base-uri')).toBe("'self'");
        expect(policy.get('frame-ancestors')).toBe("'none'");
      },
    );

    test.each(['/', '/runs/42', ASSET, '/api/runs', '/api/none'])('B1: %s insists on https', async (path) => {
      const { headers } = await edge.ask(path);
      expect(headers['strict-transport-security']).toMatch(/^max-age=31536000/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    });
  });
}

function directives(policy = ''): Map<string, string> {
  return new Map(
    policy.split('; ').map((text) => [text.split(' ', 1)[0] ?? '', text.slice(text.indexOf(' ') + 1)]),
  );
}
