import type { Dice } from './dice.ts';
import { anyId, anyString } from './values.ts';

/** A route as its clients use it: where, and what body it takes. `:x` stands for an id. */
export interface Route {
  method: string;
  path: string;
  body?: unknown;
}

const INPUT = { messages: [{ role: 'user', content: 'hello' }], steps: 1, delay_ms: 1, tokens: 1 };
const RUN = {
  assistant_id: 'slow',
  input: INPUT,
  config: { configurable: { checkpoint_id: 'x' }, recursion_limit: 10, tags: ['a'] },
  metadata: { a: [1, { b: null }] },
  run_id: 'fuzz-run',
  thread_id: 'fuzz-thread',
  multitask_strategy: 'enqueue',
  run_timeout_s: 10,
  step_timeout_s: 5,
};
/** How a graph is called. Few fields at a time, so that now and then all of them are right. */
const SETTINGS = {
  assistant_id: 'slow',
  input: INPUT,
  config: { configurable: { 'x-plan': 'free' }, metadata: { b: 1 }, max_concurrency: 2 },
  context: { tenant: 'acme', deep: [[{}]] },
};
const STOPS = { assistant_id: 'slow', input: INPUT, interrupt_before: ['step'], interrupt_after: '*' };
/** What clients of LangChain send. */
const AGREED = {
  assistant_id: 'slow',
  if_not_exists: 'create',
  durability: 'async',
  on_disconnect: 'cancel',
  on_completion: 'delete',
  stream_mode: ['values', 'messages-tuple'],
  stream_subgraphs: true,
  stream_resumable: true,
  after_seconds: 1,
};
const COMMAND = {
  assistant_id: 'slow',
  command: { resume: true, update: { a: 1 }, goto: ['step'] },
  checkpoint: { checkpoint_id: 'x', checkpoint_ns: '' },
};
/** What is refused, so that refusing it is fuzzed too. */
const REFUSED = { assistant_id: 'slow', ttl: { ttl: 1 }, feedback_keys: ['a'] };
const THREAD = { thread_id: 'fuzz-thread', metadata: { a: 1 }, if_exists: 'do_nothing' };
/** An input that is no object, as functions of LangGraph's functional API take it. */
const PLAIN = { assistant_id: 'slow', input: ['cats', 42, [true]] };
/** Commands of LangGraph's newer clients. */
const START = { id: 1, method: 'run.start', params: { assistant_id: 'slow', input: INPUT, config: {} } };
const RESPOND = {
  id: 2,
  method: 'input.respond',
  params: { responses: [{ namespace: [], interrupt_id: 'x', response: { a: 1 } }], update: { a: 1 } },
};
const ANSWER = { answers: { question: { yes: true } } };

const BELOW_RUN: readonly Route[] = [
  { method: 'GET', path: '' },
  { method: 'GET', path: '/join' },
  { method: 'GET', path: '/join?cancel_on_disconnect=0' },
  { method: 'GET', path: '/stream?stream_mode=values' },
  { method: 'GET', path: '/events' },
  { method: 'GET', path: '/trace' },
  { method: 'GET', path: '/webhooks' },
  { method: 'GET', path: '/webhooks' },
  { method: 'POST', path: '/cancel', body: { action: 'interrupt', wait: true } },
  { method: 'POST', path: '/cancel?action=rollback&wait=1', body: {} },
  { method: 'POST', path: '/answer', body: ANSWER },
  { method: 'POST', path: '/retry', body: {} },
  { method: 'DELETE', path: '' },
];

/** Everything below /api, and some that may come or never will. */
export const API_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/ok' },
  { method: 'GET', path: '/info' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/docs' },
  { method: 'GET', path: '/docs/:id' },
  { method: 'GET', path: '/docs/page.js' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'GET', path: '/docs' },
  { method: 'GET', path: '/docs/:id' },
  { method: 'GET', path: '/docs/page.js' },
  { method: 'GET', path: '/graphs' },
  { method: 'GET', path: '/library/:id' },
  { method: 'GET', path: '/library/a/:id/b' },
  { method: 'POST', path: '/threads', body: THREAD },
  { method: 'GET', path: '/threads/:id' },
  { method: 'DELETE', path: '/threads/:id' },
  { method: 'POST', path: '/runs', body: RUN },
  { method: 'POST', path: '/runs', body: RUN },
  { method: 'POST', path: '/runs', body: SETTINGS },
  { method: 'POST', path: '/runs', body: STOPS },
  { method: 'POST', path: '/runs', body: AGREED },
  { method: 'POST', path: '/threads/:id/runs', body: AGREED },
  { method: 'POST', path: '/runs', body: PLAIN },
  { method: 'POST', path: '/runs', body: REFUSED },
  { method: 'POST', path: '/threads', body: { ...THREAD, supersteps: [], ttl: 60 } },
  { method: 'POST', path: '/runs', body: { ...RUN, webhook: 'https://169.254.169.254/' } },
  { method: 'POST', path: '/runs', body: { ...RUN, webhook: 'https://169.254.169.254/' } },
  { method: 'POST', path: '/threads/:id/runs', body: RUN },
  { method: 'POST', path: '/threads/:id/runs', body: COMMAND },
  { method: 'GET', path: '/runs' },
  { method: 'GET', path: '/threads/:id/runs' },
  ...BELOW_RUN.map((route) => ({ ...route, path: `/runs/:id${route.path}` })),
  ...BELOW_RUN.map((route) => ({ ...route, path: `/threads/:id/runs/:id${route.path}` })),
  { method: 'GET', path: '/admin/dead-letters' },
  { method: 'POST', path: '/admin/dead-letters/retry', body: { runs: [{ owner: 'x', run_id: 'y' }] } },
  { method: 'GET', path: '/admin/me' },
  { method: 'GET', path: '/admin/runs/:id/:id/trace' },
  { method: 'POST', path: '/admin/claim', body: {} },
  { method: 'GET', path: '/admin/overview' },
  { method: 'GET', path: '/admin/metrics?hours=24' },
  { method: 'GET', path: '/admin/storage' },
  { method: 'GET', path: '/admin/config' },
  { method: 'POST', path: '/admin/purge', body: { path: '/assets/*' } },
  { method: 'POST', path: '/admin/flush-cache', body: {} },
  { method: 'GET', path: '/admin/operations/:id' },
  { method: 'GET', path: '/admin/audit?limit=5' },
  { method: 'GET', path: '/threads/:id/state' },
  { method: 'POST', path: '/threads/:id/history', body: { limit: 10 } },
  { method: 'POST', path: '/threads/:id/commands', body: START },
  { method: 'POST', path: '/threads/:id/commands', body: RESPOND },
  {
    method: 'POST',
    path: '/threads/:id/stream/events',
    body: { channels: ['values'], namespaces: [[]], depth: 1 },
  },
  { method: 'POST', path: '/threads/search', body: { limit: 10, metadata: {} } },
  { method: 'POST', path: '/assistants/search', body: { limit: 10 } },
  { method: 'POST', path: '/runs/stream', body: RUN },
  { method: 'POST', path: '/threads/:id/runs/stream', body: AGREED },
  { method: 'POST', path: '/runs/wait', body: RUN },
  { method: 'POST', path: '/runs/batch', body: [RUN] },
  { method: 'POST', path: '/runs/cancel?action=interrupt', body: { run_ids: ['x'], status: 'all' } },
  { method: 'PUT', path: '/store/items', body: { namespace: ['a'], key: 'b', value: {} } },
  { method: 'GET', path: '/:id' },
];

const DATABASE = '/v1/projects/demo-longrun/databases/(default)/documents';
const FIELDS = { fields: { a: { integerValue: '1' }, b: { arrayValue: { values: [{ mapValue: {} }] } } } };
const QUERY = {
  structuredQuery: {
    from: [{ collectionId: 'runs', allDescendants: true }],
    where: { fieldFilter: { field: { fieldPath: 'status' }, op: 'EQUAL', value: { stringValue: 'failed' } } },
    orderBy: [{ field: { fieldPath: 'created_at' }, direction: 'DESCENDING' }],
    limit: 10,
  },
};
const CHANNEL =
  '?VER=8&database=projects%2Fdemo-longrun%2Fdatabases%2F(default)&RID=:id&CVER=22&X-HTTP-Session-Id=gsessionid';

export const FIRESTORE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/_/health' },
  { method: 'GET', path: '/_/:id' },
  { method: 'GET', path: `${DATABASE}/users/:id/runs/:id` },
  { method: 'GET', path: `${DATABASE}/users/:id/runs?pageSize=5&orderBy=created_at` },
  { method: 'GET', path: `${DATABASE}/:id?mask.fieldPaths=:id` },
  { method: 'PATCH', path: `${DATABASE}/users/:id?updateMask.fieldPaths=a`, body: FIELDS },
  { method: 'POST', path: `${DATABASE}/users?documentId=:id`, body: FIELDS },
  { method: 'DELETE', path: `${DATABASE}/users/:id/runs/:id` },
  { method: 'POST', path: `${DATABASE}:runQuery`, body: QUERY },
  { method: 'POST', path: `${DATABASE}/users/:id:runQuery`, body: QUERY },
  {
    method: 'POST',
    path: `${DATABASE}:runAggregationQuery`,
    body: { structuredAggregationQuery: { ...QUERY, aggregations: [{ alias: 'n', count: {} }] } },
  },
  {
    method: 'POST',
    path: `${DATABASE}:commit`,
    body: {
      writes: [{ update: { name: `projects/demo-longrun/databases/(default)/documents/a/b`, ...FIELDS } }],
    },
  },
  {
    method: 'POST',
    path: `${DATABASE}:batchGet`,
    body: { documents: ['projects/demo-longrun/databases/(default)/documents/a/b'] },
  },
  { method: 'POST', path: `${DATABASE}:beginTransaction`, body: { options: { readOnly: {} } } },
  { method: 'POST', path: `${DATABASE}:rollback`, body: { transaction: 'AAAA' } },
  { method: 'POST', path: `${DATABASE}:listCollectionIds`, body: { pageSize: 3 } },
  { method: 'POST', path: `${DATABASE}:partitionQuery`, body: { ...QUERY, partitionCount: 2 } },
  { method: 'POST', path: `${DATABASE}:batchWrite`, body: { writes: [] } },
  {
    method: 'POST',
    path: `/google.firestore.v1.Firestore/Listen/channel${CHANNEL}`,
    body: 'count=1&ofs=0&req0___data__=%7B%7D',
  },
  {
    method: 'POST',
    path: `/google.firestore.v1.Firestore/Write/channel${CHANNEL}`,
    body: 'count=1&ofs=0&req0___data__=x',
  },
  {
    method: 'GET',
    path: '/google.firestore.v1.Firestore/Listen/channel?VER=8&SID=:id&RID=rpc&AID=0&CI=0&TYPE=xmlhttp',
  },
  {
    method: 'POST',
    path: '/google.firestore.v1.Firestore/Listen/channel?VER=8&SID=:id&RID=1&TYPE=terminate',
    body: '',
  },
];

const TOOLKIT = '/identitytoolkit.googleapis.com';
const ACCOUNT = {
  email: 'a@b.example',
  password: 'secret',
  returnSecureToken: true,
  idToken: 'x',
  localId: 'y',
};

export const IDENTITY_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/' },
  ...[
    'signUp',
    'signInWithPassword',
    'signInWithIdp',
    'signInWithCustomToken',
    'signInWithEmailLink',
    'lookup',
    'update',
    'createAuthUri',
    'sendOobCode',
    'resetPassword',
    'query',
    'batchCreate',
    ':id',
  ].map((name) => ({ method: 'POST', path: `${TOOLKIT}/v1/accounts:${name}?key=:id`, body: ACCOUNT })),
  { method: 'GET', path: `${TOOLKIT}/v1/projects/demo-longrun/accounts:batchGet?maxResults=5` },
  { method: 'POST', path: `${TOOLKIT}/v1/projects/:id/accounts`, body: ACCOUNT },
  { method: 'GET', path: `${TOOLKIT}/v2/passwordPolicy?key=x` },
  {
    method: 'POST',
    path: '/securetoken.googleapis.com/v1/token?key=x',
    body: { grant_type: 'refresh_token', refresh_token: 'x' },
  },
  { method: 'GET', path: '/emulator/action?mode=:id&oobCode=:id&apiKey=x' },
  { method: 'GET', path: '/:id' },
];

export const PAGE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/:id' },
  { method: 'GET', path: '/assets/:id' },
  { method: 'GET', path: '/runs/:id' },
  { method: 'HEAD', path: '/index.html' },
  { method: 'GET', path: '/__/firebase/init.json' },
  { method: 'GET', path: '/__/:id' },
  { method: 'GET', path: '/_/health' },
  {
    method: 'POST',
    path: '/compute/v1/projects/p/global/urlMaps/m/invalidateCache',
    body: { path: '/*', host: 'x' },
  },
  { method: 'GET', path: '/compute/v1/projects/p/global/operations/:id' },
  { method: 'POST', path: '/', body: {} },
];

/** In production only the queue may call it; a task that makes no sense must not come again for ever. */
export const WORKER_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/', body: { uid: 'somebody', run_id: 'a-run' } },
  { method: 'POST', path: '/', body: { uid: 'somebody', run_id: 'a-run', webhook: 7 } },
  { method: 'POST', path: '/', body: { uid: 'somebody', run_id: 'a-run', webhook: -1e99 } },
  { method: 'POST', path: '/', body: { uid: 'somebody', run_id: 'a-run', webhook: 7 } },
  { method: 'POST', path: '/', body: { uid: 'somebody', run_id: 'a-run', webhook: -1e99 } },
  { method: 'POST', path: '/:id', body: { uid: '../..', run_id: '__proto__' } },
  { method: 'GET', path: '/' },
];

const QUERIES: readonly ((dice: Dice) => string)[] = [
  () => 'limit=2',
  (dice) => `limit=${encodeURIComponent(anyString(dice).toWellFormed())}`,
  (dice) => `status=${encodeURIComponent(anyString(dice).toWellFormed())}`,
  (dice) => `q=${encodeURIComponent(anyString(dice).toWellFormed())}`,
  () => 'limit[]=1&limit[a]=b',
  () => 'limit=1&limit=2',
  () => '__proto__[x]=1&constructor[prototype][y]=2',
  () => 'q=%ff%fe%00',
  () => '%',
  () => '?&=&&=x',
  () => 'thread_id=..%2f..&assistant_id=%00',
  (dice) =>
    `cursor=${Buffer.from(JSON.stringify({ at: anyString(dice), seen: [anyString(dice)] })).toString('base64url')}`,
  () => `cursor=${Buffer.from('{"at":"2026-01-01","seen":[').toString('base64url')}`,
  () => `cursor=${Buffer.from('{"at":{"__proto__":1},"seen":7}').toString('base64url')}`,
  () => `x=${'y'.repeat(9_000)}`,
];

/** The route's path with hostile or known ids, and at times a query. */
export function pathOf(dice: Dice, template: string, known: readonly string[]): string {
  const path = template.replaceAll(':id', () => anyId(dice, known));
  if (!dice.chance(0.25)) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${dice.one(QUERIES)(dice)}`;
}
