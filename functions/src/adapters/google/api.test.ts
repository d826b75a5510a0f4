import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../../../infra/local/net/listen.ts';
import { googleApi } from './api.ts';
import { databaseState } from './database-admin.ts';

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  const port = await listen(server, '127.0.0.1', 0);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${port}`;
}
const json = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
afterEach(() => vi.unstubAllEnvs());

describe('a call of a Google API', () => {
  test('carries a token of the application default credentials', async () => {
    const seen: (string | undefined)[] = [];
    const host = await serve((request, response) => {
      if (request.url === '/sts')
        return json(response, {
          access_token: 'a-token',
          issued_token_type: 'x',
          token_type: 'Bearer',
          expires_in: 3_600,
        });
      seen.push(request.headers.authorization);
      return json(response, { ok: true });
    });
    // Workload identity: the library's own way to a token without Google's addresses.
    const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [file, subject] = [join(folder, 'credentials.json'), join(folder, 'subject')];
    writeFileSync(subject, 'subject-token');
    writeFileSync(
      file,
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `http://${host}/sts`,
        credential_source: { file: subject },
      }),
    );
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'a-project');
    const api = googleApi({ origin: `http://${host}`, scope: 'https://www.googleapis.com/auth/compute' });
    for (let i = 0; i < 2; i += 1)
      expect(await api.call({ method: 'GET', path: '/x', again: false })).toEqual({ ok: true });
    expect(seen).toEqual(['Bearer a-token', 'Bearer a-token']);
  });

  test('without credentials says so, in good time', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/no/such/file.json');
    const api = googleApi({ origin: 'http://127.0.0.1:1', scope: 'x', timeoutMs: 2_000 });
    await expect(api.call({ method: 'GET', path: '/x', again: false })).rejects.toMatchObject({
      name: 'GoogleApiError',
      message: expect.stringContaining('/no/such/file.json'),
    });
  });
});

describe('C4: what Google knows of a database', () => {
  const name = 'projects/a-project/databases/(default)';
  const backups = [
    {
      name: 'projects/a-project/locations/eur3/backups/one',
      database: name,
      snapshotTime: '2026-11-19T03:00:00.123456Z',
      state: 'READY',
      stats: { sizeBytes: '2048' },
    },
    {
      name: 'projects/a-project/locations/eur3/backups/two',
      database: name,
      snapshotTime: '2026-11-20T03:00:00Z',
      state: 'READY',
    },
    {
      name: 'projects/a-project/locations/eur3/backups/making',
      database: name,
      snapshotTime: '2026-11-21T03:00:00Z',
      state: 'CREATING',
    },
    {
      name: 'projects/a-project/locations/eur3/backups/other',
      database: `${name}2`,
      snapshotTime: '2026-11-21T03:00:00Z',
      state: 'READY',
    },
  ];
  const answers: Record<string, unknown> = {
    [`/v1/${name}`]: { name, pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED' },
    '/v1/projects/a-project/locations/-/backups': { backups },
    [`/v1/${name}/backupSchedules`]: {
      backupSchedules: [{ dailyRecurrence: {} }, { weeklyRecurrence: { day: 'SUNDAY' } }],
    },
  };
  const ask = (endpoint: string) =>
    databaseState({ project: 'a-project', database: '(default)', endpoint, timeoutMs: 300 });

  test('its own backups that are ready, newest first; the next a day after the last', async () => {
    const endpoint = await serve((request, response) => json(response, answers[request.url ?? ''] ?? {}));
    expect(await ask(endpoint)).toEqual({
      point_in_time_recovery: true,
      backups: [
        { name: 'two', at: '2026-11-20T03:00:00.000Z', bytes: null, kind: 'cloud' },
        { name: 'one', at: '2026-11-19T03:00:00.123Z', bytes: 2_048, kind: 'cloud' },
      ],
      next_backup_at: '2026-11-21T03:00:00.000Z',
      problems: [],
    });
  });

  test('nothing is set up', async () => {
    const endpoint = await serve((request, response) =>
      json(
        response,
        request.url === `/v1/${name}`
          ? { pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED' }
          : {},
      ),
    );
    expect(await ask(endpoint)).toEqual({
      point_in_time_recovery: false,
      backups: [],
      next_backup_at: null,
      problems: [],
    });
  });

  test('what is refused or does not answer is unknown, and said to be; the rest is told', async () => {
    const endpoint = await serve((request, response) => {
      if (request.url?.endsWith('/backups') === true)
        return json(response, { error: { message: 'permission denied' } }, 403);
      if (request.url?.endsWith('/backupSchedules') === true) return;
      return json(response, answers[request.url ?? ''] ?? {});
    });
    expect(await ask(endpoint)).toEqual({
      point_in_time_recovery: true,
      backups: null,
      next_backup_at: null,
      problems: ['Backups: permission denied', expect.stringMatching(/^Backup schedules: .*timeout/)],
    });
  });
});
