/**
 * What Google's emulator offers to tests: deleting all data, and replacing the rules. Without credentials, as there, unless
 * the installation has a secret. No web page can use it: there are no CORS headers.
 * https://firebase.google.com/docs/emulator-suite/connect_firestore#clear_your_database_between_tests
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Administrators } from '../../access/administrators.ts';
import type { Engine } from '../engine/engine.ts';
import { StatusError, invalid } from '../engine/status.ts';
import { RulesSyntaxError } from '../rules/errors.ts';
import type { Rulebook } from '../rules/rulebook.ts';
import { errorBody } from '../web/error-body.ts';
import { isRecord } from '../web/is-record.ts';
import { readBody } from '../web/read-body.ts';

const MAX_RULES_BYTES = 1024 * 1024; // production: 256 KiB of source
const DOCUMENTS = /^\/emulator\/v1\/(projects\/[^/]+\/databases\/[^/]+)\/documents$/;
const RULES = /^\/emulator\/v1\/projects\/([^/:]+):securityRules$/;

export interface Emulator {
  readonly engine: Engine;
  readonly rulebook: Rulebook;
  readonly administrators: Administrators;
  readonly onDefect: (error: unknown) => void;
}

/** @returns false when the path is not one of these */
export async function handleEmulator(
  request: IncomingMessage,
  response: ServerResponse,
  emulator: Emulator,
): Promise<boolean> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const isGreeting = path === '/' && request.method === 'GET'; // `firebase-tools` waits for it
  if (!isGreeting && !path.startsWith('/emulator/')) return false;
  if (isGreeting) {
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Ok\n');
    return true;
  }
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(body));
  };
  try {
    const { administrators } = emulator;
    if (!administrators.trustsLibraries && !administrators.sent(request.headers.authorization))
      throw new StatusError('UNAUTHENTICATED', administrators.advice);
    await act(request, decoded(path), emulator);
    json(200, {});
  } catch (error) {
    if (!(error instanceof StatusError)) emulator.onDefect(error);
    if (!request.complete) response.setHeader('Connection', 'close');
    const body = errorBody(error);
    json(body.error.code, body);
  }
  return true;
}

/** @throws StatusError */
async function act(request: IncomingMessage, path: string, { engine, rulebook }: Emulator): Promise<void> {
  const method = request.method ?? '';
  const database = DOCUMENTS.exec(path)?.[1];
  if (database !== undefined && method === 'DELETE') return engine.clear(database);
  const project = RULES.exec(path)?.[1];
  if (project !== undefined && method === 'PUT') {
    return replaceRules(rulebook, project, await readBody(request, MAX_RULES_BYTES));
  }
  throw new StatusError('UNIMPLEMENTED', `${method} ${path} is not available here.`);
}

function replaceRules(rulebook: Rulebook, project: string, body: string): void {
  const source = sourceIn(body);
  try {
    rulebook.replace(project, source);
  } catch (error) {
    if (error instanceof RulesSyntaxError) throw invalid(`Error compiling rules:\nL${error.message}`);
    throw error;
  }
}

/** `{ "rules": { "files": [{ "content": "..." }] } }` */
function sourceIn(body: string): string {
  const parsed = parseJson(body);
  const rules = isRecord(parsed) ? parsed['rules'] : undefined;
  const files: unknown = isRecord(rules) ? rules['files'] : undefined;
  const file: unknown = Array.isArray(files) && files.length === 1 ? files[0] : undefined;
  const content = isRecord(file) ? file['content'] : undefined;
  if (typeof content !== 'string') throw invalid('Expected {"rules": {"files": [{"content": "..."}]}}.');
  return content;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`Invalid JSON payload received. ${error.message}`);
    throw error;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) throw invalid(`${path} is not properly encoded`);
    throw error;
  }
}
