/**
 * For the tests: answers requests as Google's global external load balancer would with the recorded resources. Sources:
 * https://cloud.google.com/load-balancing/docs/url-map-concepts (the longest path that matches wins),
 * https://cloud.google.com/load-balancing/docs/https/custom-error-response (path rule before path matcher before map),
 * https://cloud.google.com/storage/docs/hosting-static-website (mainPageSuffix).
 */
import type { EdgeAnswer } from '../../edge/edge.suite.ts';
import { matchesPath } from '../../edge/url-map.ts';
import { ofType, type Recorded } from './record.ts';

interface ErrorPolicy {
  errorService?: string;
  errorResponseRules?: { matchResponseCodes: string[]; path: string; overrideResponseCode?: number }[];
}

interface UrlMap {
  defaultService?: string;
  defaultUrlRedirect?: { httpsRedirect?: boolean; redirectResponseCode?: string };
  defaultCustomErrorResponsePolicy?: ErrorPolicy;
  hostRules?: { hosts: string[]; pathMatcher: string }[];
  pathMatchers?: {
    name: string;
    defaultService?: string;
    defaultCustomErrorResponsePolicy?: ErrorPolicy;
    pathRules?: { paths: string[]; service?: string; customErrorResponsePolicy?: ErrorPolicy }[];
  }[];
  tests?: { host: string; path: string; service: string }[];
}

export interface StoredObject {
  content: string;
  contentType: string;
  cacheControl: string | undefined;
}

export interface World {
  /** What the deploy has uploaded: name without the leading "/" -> object. */
  objects: ReadonlyMap<string, StoredObject>;
  /** What a Cloud Run service answers. */
  call: (service: string, path: string) => { status: number; body: string };
}

const COMPRESSED = /^(text\/|application\/(json|javascript)|image\/svg)/;

export class Balancer {
  private readonly resources: readonly Recorded[];
  private readonly world: World;

  constructor(resources: readonly Recorded[], world: World) {
    this.resources = resources;
    this.world = world;
  }

  /** A GET at port 443, or 80. */
  ask(path: string, port: '443' | '80' = '443'): EdgeAnswer {
    const map = this.mapAt(port);
    if (map.defaultUrlRedirect?.httpsRedirect === true) {
      return { status: 301, headers: { location: `https:${path}` }, body: '' };
    }
    const { service, policies } = this.route(map, path);
    const answer = this.fromBackend(service, path);
    const rule = policies
      .flatMap((policy) =>
        (policy.errorResponseRules ?? []).map((each) => ({ ...each, from: policy.errorService })),
      )
      .find(({ matchResponseCodes }) => matchResponseCodes.some((code) => matchesCode(code, answer.status)));
    if (answer.status < 400 || rule?.from === undefined) return answer;
    const page = this.fromBackend(rule.from, rule.path);
    return page.status === 200 ? { ...page, status: rule.overrideResponseCode ?? answer.status } : answer;
  }

  /** Where a path goes, and which policies apply to its errors, the nearest first. */
  route(map: UrlMap, path: string): { service: string; policies: ErrorPolicy[] } {
    const name = map.hostRules?.find(({ hosts }) => hosts.includes('*'))?.pathMatcher;
    const matcher = map.pathMatchers?.find((each) => each.name === name);
    const rules = (matcher?.pathRules ?? []).flatMap((rule) =>
      rule.paths.filter((pattern) => matchesPath(pattern, path)).map((pattern) => ({ ...rule, pattern })),
    );
    const [rule] = rules.sort((a, b) => b.pattern.length - a.pattern.length);
    const service = rule?.service ?? matcher?.defaultService ?? map.defaultService;
    if (service === undefined) throw new Error(`Nothing serves ${path}.`);
    const policies = [
      rule?.customErrorResponsePolicy,
      matcher?.defaultCustomErrorResponsePolicy,
      map.defaultCustomErrorResponsePolicy,
    ].filter((policy) => policy !== undefined);
    return { service, policies };
  }

  /** The URL map that the forwarding rule of a port leads to. */
  mapAt(port: '443' | '80'): UrlMap {
    const rule = ofType(
      { resources: [...this.resources] },
      'compute/globalForwardingRule:GlobalForwardingRule',
    ).find(
      ({ inputs }) => inputs['portRange'] === port && inputs['loadBalancingScheme'] === 'EXTERNAL_MANAGED',
    );
    const proxy = this.byId(rule?.inputs['target']);
    return this.byId(proxy.inputs['urlMap']).inputs;
  }

  private byId(id: unknown): Recorded {
    const found = this.resources.find((each) => each.id === id);
    if (found === undefined) throw new Error(`There is no resource ${String(id)}.`);
    return found;
  }

  private fromBackend(id: string, path: string): EdgeAnswer {
    const backend = this.byId(id);
    const own = headersOf(backend.inputs['customResponseHeaders']);
    if (backend.type !== 'gcp:compute/backendBucket:BackendBucket') {
      const { status, body } = this.world.call(this.serviceBehind(backend), path);
      return { status, headers: { 'content-type': 'application/json', ...own }, body };
    }
    const object = this.read(backend, path);
    if (typeof object === 'number')
      return { status: object, headers: { 'content-type': 'application/xml', ...own }, body: '' };
    const { content, contentType, cacheControl } = object;
    const compresses = backend.inputs['compressionMode'] === 'AUTOMATIC' && COMPRESSED.test(contentType);
    return {
      status: 200,
      headers: {
        'content-type': contentType,
        // What Cloud Storage says of an object without it that is not public.
        'cache-control': cacheControl ?? 'private, max-age=0',
        ...(compresses ? { 'content-encoding': 'br' } : {}),
        ...own,
      },
      body: content,
    };
  }

  /** A missing object is 404 for one who may list the bucket, else 403. */
  private read(backend: Recorded, path: string): StoredObject | 403 | 404 {
    const bucket = this.resources.find(
      ({ type, inputs }) =>
        type === 'gcp:storage/bucket:Bucket' && inputs['name'] === backend.inputs['bucketName'],
    );
    const readers = this.resources.filter(
      ({ type, inputs }) =>
        type === 'gcp:storage/bucketIAMMember:BucketIAMMember' &&
        inputs['bucket'] === bucket?.inputs['name'] &&
        inputs['role'] === 'roles/storage.objectViewer',
    );
    if (
      !readers.some(({ inputs }) => /^serviceAccount:service-\d+@https-lb\./.test(String(inputs['member'])))
    )
      return 403;
    const website = bucket?.inputs['website'];
    const suffix =
      typeof website === 'object' && website !== null && 'mainPageSuffix' in website
        ? website.mainPageSuffix
        : undefined;
    if (path.endsWith('/')) {
      if (path === '/' && suffix === undefined) {
        return { content: '<ListBucketResult/>', contentType: 'application/xml', cacheControl: undefined };
      }
      return this.objects().get(`${path.slice(1)}${String(suffix)}`) ?? 404;
    }
    return this.objects().get(path.slice(1)) ?? 404;
  }

  private objects(): Map<string, StoredObject> {
    const made = ofType({ resources: [...this.resources] }, 'storage/bucketObject:BucketObject').map(
      ({ inputs }): [string, StoredObject] => [
        String(inputs['name']),
        {
          content: String(inputs['content']),
          contentType: String(inputs['contentType']),
          cacheControl: typeof inputs['cacheControl'] === 'string' ? inputs['cacheControl'] : undefined,
        },
      ],
    );
    return new Map([...this.world.objects, ...made]);
  }

  private serviceBehind(backend: Recorded): string {
    const [first] = Array.isArray(backend.inputs['backends']) ? backend.inputs['backends'] : [];
    const group = this.byId(first?.group);
    const run = group.inputs['cloudRun'];
    return typeof run === 'object' && run !== null && 'service' in run ? String(run.service) : '';
  }
}

/** "404", or "4xx" for all of them. */
function matchesCode(pattern: string, status: number): boolean {
  return pattern.endsWith('xx') ? pattern[0] === String(status)[0] : pattern === String(status);
}

function headersOf(lines: unknown): Record<string, string> {
  const texts = Array.isArray(lines) ? lines.map(String) : [];
  return Object.fromEntries(
    texts.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}
