import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { World } from './world.ts';

/**
 * Time, timers and randomness of this thread belong to the world that runs in it: LangGraph and the ids of the runtime
 * take theirs from the platform, and a seed must decide all of them. The thread is used for simulation only.
 */
let world: World | undefined;

export const realSetImmediate = setImmediate;
const realNow = Date.now;

export function setCurrentWorld(next: World | undefined): void {
  world = next;
}

/** The world that runs at the moment; for the nodes of graphs, which are compiled once for all worlds. */
export function currentWorld(): World {
  if (world === undefined) throw new Error('No simulated world runs.');
  return world;
}

export function takeOverGlobals(): void {
  Date.now = () => (world === undefined ? realNow() : world.clock());
  replace(globalThis, 'setImmediate', (run: (...args: unknown[]) => void, ...args: unknown[]) =>
    world === undefined ? realSetImmediate(run, ...args) : world.immediate(() => run(...args)),
  );
  const realSetTimeout = setTimeout;
  replace(globalThis, 'setTimeout', (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    if (world === undefined) return realSetTimeout(run, ms, ...args);
    return { cancel: world.after(ms, world.process, () => run(...args)) };
  });
  const realClearTimeout = clearTimeout;
  replace(globalThis, 'clearTimeout', (timer: { cancel?: () => void } & NodeJS.Timeout) =>
    timer?.cancel === undefined ? realClearTimeout(timer) : timer.cancel(),
  );
  replace(globalThis, 'structuredClone', clone);
  Math.random = () => random();
  replace(crypto, 'randomUUID', uuid);
  syncBuiltinESMExports();
  replace(globalThis.crypto, 'randomUUID', uuid);
  replace(globalThis.crypto, 'getRandomValues', (bytes: Uint8Array) => {
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(random() * 256);
    return bytes;
  });
}

const realRandom = Math.random;

function random(): number {
  return world === undefined ? realRandom() : world.random('ids').next();
}

function uuid(): string {
  const part = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(6)}${part(6)}`;
}

/** Of plain data, as the platform's, whose way through a serializer takes several times as long. */
function clone<T>(value: T): T;
function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => clone(element));
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return value.slice();
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) copy[name] = clone(inner);
  return copy;
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** The same, or undefined. */
export function runningWorld(): World | undefined {
  return world;
}
