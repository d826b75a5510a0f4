import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HumanMessage } from '@langchain/core/messages';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedLibrary, type Library } from '../library/index.ts';
import { packageFolders, packageName } from '../library/package-docs.ts';
import { buildResearch } from './build.ts';
import { extractive } from './extractive.ts';

/**
 * Questions a developer asks, and the packages whose documentation answers them: a set to measure by whether a change
 * of the ranking is one for the better. All are installed with the project; a question whose packages are gone counts
 * neither way.
 */
const QUESTIONS: readonly (readonly [question: string, packages: string[]])[] = [
  ['How do I cancel a task that was already enqueued?', ['p-queue']],
  ['How do I mock a fetch request in a test?', ['msw', '@mswjs/interceptors', 'undici']],
  ['How do I limit the number of promises that run concurrently?', ['p-queue', 'p-limit']],
  [
    'How do I retry a failed request with exponential backoff?',
    ['retry', 'p-retry', 'gaxios', 'undici', 'retry-request'],
  ],
  ['How can I parse a query string with nested objects?', ['qs']],
  ['How do I compare two version numbers?', ['semver']],
  ['How do I generate a random UUID?', ['uuid']],
  ['How do I verify the signature of a JSON web token?', ['jsonwebtoken', 'jose', 'jws']],
  ['How do I set a cookie that expires?', ['cookie', 'tough-cookie', 'undici']],
  ['How do I validate an email address with a schema?', ['zod', 'ajv-formats', 'ajv']],
  ['How do I limit the size of an LRU cache?', ['lru-cache']],
  ['How do I extract text from a PDF?', ['unpdf']],
  ['How do I render Markdown in React?', ['react-markdown']],
  ['How do I measure the largest contentful paint?', ['web-vitals']],
  ['How do I convert text from one character encoding to another?', ['iconv-lite']],
  ['How do I send requests through a proxy?', ['undici', 'gaxios', 'https-proxy-agent', 'http-proxy-agent']],
  ['How do I parse command line arguments?', ['yargs', 'yargs-parser']],
  ['How do I match file names with a glob pattern?', ['picomatch', 'minimatch']],
  ['How do I add decimals without rounding errors?', ['decimal.js', 'bignumber.js']],
  ['How do I parse a TOML file?', ['smol-toml']],
  ['How do I show a very long list without rendering all of it?', ['virtua']],
  ['How do I write property based tests?', ['fast-check']],
  ['How do I benchmark a function?', ['tinybench']],
  ['Why does my Node process not exit?', ['why-is-node-running']],
  ['How do I search full text with fuzzy matching?', ['minisearch']],
  ['How do I upload a file to Google Cloud Storage?', ['@google-cloud/storage']],
  ['How do I find out the preferred language of a request?', ['negotiator', 'accepts']],
  ['How do I test the accessibility of a page with Playwright?', ['@axe-core/playwright']],
  ['How do I set a timeout on a promise?', ['p-timeout']],
  ['How do I check whether an IP address is in a CIDR range?', ['ipaddr.js']],
  ['How do I open an IndexedDB database with promises?', ['idb']],
  ['How do I visit all nodes of a syntax tree?', ['unist-util-visit', 'unist-util-visit-parents']],
  ['How do I connect a WebSocket client?', ['undici', 'faye-websocket', 'websocket-driver', 'firebase']],
  ['How do I render a template with partials?', ['mustache']],
  ['How do I detect whether the code runs on a CI server?', ['std-env']],
  ['How do I parse HTML and select elements?', ['node-html-parser', 'css-select', 'jsdom']],
  ['How do I deep compare two objects for equality?', ['dequal', 'fast-deep-equal']],
  ['How do I read an iCalendar file?', ['ical.js']],
  ['How do I redirect to another page with a router in React?', ['wouter']],
  ['How do I get the color codes for a terminal?', ['ansi-styles']],
  ['How do I sign a token with a private key?', ['jsonwebtoken', 'jws', 'jose', 'jwa']],
  [
    'How do I parse multipart form data?',
    ['@fastify/busboy', 'formdata-polyfill', 'busboy', 'node-fetch', 'undici'],
  ],
  ['How do I create an HTTP error with a status code?', ['http-errors']],
  ['How do I get the media type for a file extension?', ['mime', 'mime-types', 'mime-db']],
  ['How do I edit source code and generate a source map?', ['magic-string']],
  ['How do I find the original position with a source map?', ['@jridgewell/trace-mapping', 'source-map-js']],
  ['How do I format a number of bytes for people?', ['bytes']],
  ['How do I print debug output only for some modules?', ['debug', 'obug']],
  ['How do I strip colors from terminal output?', ['strip-ansi', 'ansi-regex']],
  [
    'How do I escape HTML entities?',
    ['html-entities', 'entities', 'stringify-entities', '@nodable/entities'],
  ],
  ['How do I parse XML into an object?', ['fast-xml-parser']],
  ['How do I run a shell command and read its output?', ['tinyexec', 'cross-spawn']],
  ['How do I get an access token for a service account?', ['google-auth-library', 'gcp-metadata']],
  ['How do I emit and listen to events?', ['eventemitter3', 'event-target-shim']],
  ['How do I serve static files?', ['serve-static', 'send', 'express']],
  ['How do I parse JSON with big integers?', ['json-bigint']],
  ['How do I mark a function as deprecated?', ['depd']],
  ['How do I test TypeScript types?', ['expect-type']],
  ['How do I render a component in a test?', ['@testing-library/react']],
  ['How do I load protocol buffer definitions?', ['@grpc/proto-loader', 'protobufjs']],
  ['How do I generate random numbers from a seed?', ['pure-rand']],
  ['How do I get the public suffix of a domain?', ['tldts']],
  ['How do I read the body of a request in Express?', ['body-parser', 'raw-body', 'express']],
  ['How do I align the columns of a Markdown table?', ['markdown-table', 'mdast-util-gfm-table']],
  ['How do I avoid catastrophic backtracking in regular expressions?', ['re2js']],
  ['How do I read the tsconfig of a project?', ['get-tsconfig']],
  ['How do I know which package manager is used?', ['package-manager-detector']],
  [
    'How do I save the checkpoints of a graph?',
    ['@langchain/langgraph-checkpoint', '@langchain/langgraph-checkpoint-validation', '@langchain/langgraph'],
  ],
  ['How do I limit the rate of requests?', ['limiter', 'p-queue', 'undici', 'p-limit']],
  ['How do I wait for a response to be finished?', ['on-finished']],
];
/** Of the questions, that must be answered by the first of the cited documents, and by one of the first three. */
const FIRST = 0.75;
const AMONG_THREE = 0.85;

let library: Library;
let answers: { question: string; place: number }[];

beforeAll(async () => {
  library = await sharedLibrary();
  const graph = buildResearch({ library: () => Promise.resolve(library), researcher: () => extractive });
  const folders = await packageFolders();
  answers = [];
  for (const [question, packages] of QUESTIONS) {
    if (!packages.some((name) => folders.some((folder) => existsSync(join(folder, name))))) continue;
    const { sources } = await graph.invoke({ messages: [new HumanMessage(question)] });
    const cited = [...new Set(sources.map(({ id }) => packageName(id.replace(/#p\d+$/, ''))))];
    const place = cited.findIndex((name) => packages.includes(name));
    answers.push({ question, place: place === -1 ? Number.POSITIVE_INFINITY : place });
  }
});

const share = (limit: number) => answers.filter(({ place }) => place < limit).length / answers.length;
const missed = (limit: number) =>
  answers.filter(({ place }) => place >= limit).map(({ question }) => question);

describe('questions on the documentation of the installed packages', () => {
  test('enough of them can be asked', () => {
    expect(answers.length).toBeGreaterThan(40);
  });

  test('the package that answers is cited first', () => {
    expect(share(1), missed(1).join('\n')).toBeGreaterThanOrEqual(FIRST);
  });

  test('it is among the first three', () => {
    expect(share(3), missed(3).join('\n')).toBeGreaterThanOrEqual(AMONG_THREE);
  });

  test('the first example of the page is answered by the queue, not by the service that has a task in its name', () => {
    expect(answers[0]).toEqual({ question: 'How do I cancel a task that was already enqueued?', place: 0 });
  });
});
