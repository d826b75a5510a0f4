import { beforeAll, describe, expect, test } from 'vitest';
import { contentType } from '../../edge/content-types.ts';
import { answerOf, edgeSuite, SITE_FILES, type OpenEdge } from '../../edge/edge.suite.ts';
import { cacheControl } from '../../edge/headers.ts';
import { NAMES } from '../stack.ts';
import { Balancer, type World } from '../testing/balancer.ts';
import { askHosting } from '../testing/hosting.ts';
import { PROJECT, record, REGION, type Recorded, RECORD_MS } from '../testing/record.ts';
import { firebaseJson } from './firebase-json.ts';

const call = (service: string, path: string) =>
  answerOf(service === NAMES.function('admin') ? 'admin' : 'api', path);

/** As the deploy uploads it. */
const WORLD: World = {
  objects: new Map(
    Object.entries(SITE_FILES).map(([path, content]) => [
      path.slice(1),
      { content, contentType: contentType(path), cacheControl: cacheControl(path) },
    ]),
  ),
  call,
};

edgeSuite('load balancer', async (): Promise<OpenEdge> => {
  const { resources } = await record();
  const balancer = new Balancer(resources, WORLD);
  return { ask: async (path) => balancer.ask(path), close: async () => undefined };
});

edgeSuite('Firebase Hosting', async (): Promise<OpenEdge> => {
  const serviceOf = (to: 'api' | 'admin') => NAMES.function(to);
  const config = firebaseJson({ project: PROJECT, region: REGION, folder: 'web/dist', serviceOf });
  const init = JSON.stringify({ projectId: PROJECT, apiKey: 'key' });
  return {
    ask: async (path) => askHosting(config, { files: SITE_FILES, typeOf: contentType, init, call }, path),
    close: async () => undefined,
  };
});

describe('the load balancer beyond the suite', () => {
  let resources: Recorded[];
  beforeAll(async () => {
    ({ resources } = await record());
  }, RECORD_MS);

  test('port 80 only sends to https', () => {
    expect(new Balancer(resources, WORLD).ask('/runs/42', '80').status).toBe(301);
  });

  test("the map's own tests agree with its rules", () => {
    const balancer = new Balancer(resources, WORLD);
    const map = balancer.mapAt('443');
    expect(map.tests?.length).toBeGreaterThan(0);
    for (const { path, service } of map.tests ?? []) expect(balancer.route(map, path).service).toBe(service);
  });

  /** The recorded resources with one property of one of them changed. */
  function changed(
    type: string,
    name: string,
    change: (inputs: Recorded['inputs']) => Recorded['inputs'],
  ): Recorded[] {
    return resources.map((each) =>
      each.type === `gcp:${type}` && each.name === name ? { ...each, inputs: change(each.inputs) } : each,
    );
  }

  describe('the suite would notice', () => {
    test("a fallback for the whole map, which turns the API's 404 into the page", () => {
      const policy = {
        errorService: 'compute/backendBucket/site',
        errorResponseRules: [{ matchResponseCodes: ['4xx'], path: '/index.html', overrideResponseCode: 200 }],
      };
      const spoilt = changed('compute/uRLMap:URLMap', 'edge', (inputs) => ({
        ...inputs,
        defaultCustomErrorResponsePolicy: policy,
      }));
      expect(new Balancer(spoilt, WORLD).ask('/api/none')).toMatchObject({
        status: 200,
        body: SITE_FILES['/index.html'],
      });
    });

    test('a bucket that nobody may read', () => {
      const spoilt = resources.filter(({ name }) => name !== 'site-balancer');
      expect(new Balancer(spoilt, WORLD).ask('/assets/index-1a2b.js').status).toBe(403);
    });

    test('a bucket without a main page, which lists itself at "/"', () => {
      const spoilt = changed('storage/bucket:Bucket', 'site', (inputs) => ({
        ...inputs,
        website: undefined,
      }));
      expect(new Balancer(spoilt, WORLD).ask('/').body).toContain('ListBucketResult');
    });

    test('compression switched off', () => {
      const spoilt = changed('compute/backendBucket:BackendBucket', 'site', (inputs) => ({
        ...inputs,
        compressionMode: 'DISABLED',
      }));
      expect(new Balancer(spoilt, WORLD).ask('/').headers['content-encoding']).toBeUndefined();
    });
  });
});
