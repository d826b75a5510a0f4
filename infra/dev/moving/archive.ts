/**
 * An exported installation: gzip of lines of JSON. The first line is a `Header`; then a document `{"d":path,"f":fields}` or an
 * account `{"u":account}` a line; `{"next":"runs"}` stands before the documents of runs, which come last, so that nobody finds a run
 * of which a part is missing; the last line is `{"end":Trailer}`, with a sum of all lines before it.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import type { WriteStream } from 'node:fs';
import { flush } from '../../local/backup/durable.ts';
import type { Tally } from './tally.ts';
import { isRecord, type JsonFields } from './value.ts';
import type { Account, HashScheme, LeftBehind } from './accounts.ts';

export const VERSION = 1;

export interface Header {
  kind: 'longrun-export';
  version: typeof VERSION;
  made_at: string;
  source: {
    kind: 'embedded' | 'firestore' | 'emulator';
    project: string;
    /** Whether its runs were left to go on there. */
    running: boolean;
  };
  /** Of which moment it is. */
  read_time: string;
}

export interface Trailer {
  documents: Tally;
  accounts: number;
  /** How the passwords are hashed; null: none could be taken along. */
  passwords: HashScheme | null;
  left: LeftBehind;
  /** Runs that have not ended. */
  active: number;
  sha256: string;
}

export type Line =
  | { kind: 'document'; path: string; fields: JsonFields }
  | { kind: 'account'; account: Account }
  | { kind: 'runs' };

/** A document has at most 1 MiB; as JSON it may have six times that. */
const MAX_LINE = 16 * 1024 * 1024;

class ArchiveError extends Error {}

export class ArchiveWriter {
  readonly #file: string;
  readonly #gzip: Gzip = createGzip();
  readonly #out: WriteStream;
  readonly #sum: Hash = createHash('sha256');
  #failure: Error | undefined;

  /** Only its owner may read it: it holds people's accounts. */
  constructor(file: string, header: Header) {
    this.#file = file;
    this.#out = createWriteStream(this.#unfinished, { mode: 0o600 });
    for (const stream of [this.#gzip, this.#out]) {
      stream.on('error', (error: Error) => (this.#failure ??= error));
    }
    this.#gzip.pipe(this.#out);
    this.#gzip.write(this.#counted(header));
  }

  /** Resolves when there is room for more. */
  async add(line: Line): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#gzip.write(this.#counted(bodyOf(line)))) await once(this.#gzip, 'drain');
  }

  /** The file appears now, as a whole. */
  async finish(trailer: Omit<Trailer, 'sha256'>): Promise<Trailer> {
    const end = { ...trailer, sha256: this.#sum.digest('hex') };
    this.#gzip.end(`${JSON.stringify({ end })}\n`);
    await once(this.#out, 'close');
    if (this.#failure !== undefined) throw this.#failure;
    await flush(this.#unfinished);
    await rename(this.#unfinished, this.#file);
    return end;
  }

  async abandon(): Promise<void> {
    this.#gzip.destroy();
    this.#out.destroy();
    await rm(this.#unfinished, { force: true });
  }

  get #unfinished(): string {
    return `${this.#file}.unfinished`;
  }

  #counted(value: object): string {
    const text = `${JSON.stringify(value)}\n`;
    this.#sum.update(text);
    return text;
  }
}

function bodyOf(line: Line): object {
  switch (line.kind) {
    case 'document':
      return { d: line.path, f: line.fields };
    case 'account':
      return { u: line.account };
    case 'runs':
      return { next: 'runs' };
    default:
      return line satisfies never;
  }
}

/** Reads the whole file and says what is in it. Throws ArchiveError when it is not whole, or not of a version that is known. */
export async function checkArchive(file: string): Promise<{ header: Header; trailer: Trailer }> {
  const sum = createHash('sha256');
  let header: Header | undefined;
  let trailer: Trailer | undefined;
  for await (const line of linesOf(file)) {
    if (trailer !== undefined) throw new ArchiveError(`${file} goes on after its end.`);
    const value = parse(file, line);
    if (header === undefined) header = readHeader(file, value);
    if (isRecord(value['end'])) trailer = value['end'] as unknown as Trailer;
    else sum.update(`${line}\n`);
  }
  if (header === undefined) throw new ArchiveError(`${file} is empty.`);
  if (trailer === undefined) throw new ArchiveError(`${file} is cut short: its last line is missing.`);
  if (trailer.sha256 !== sum.digest('hex')) throw new ArchiveError(`${file} was changed: its sum is wrong.`);
  return { header, trailer };
}

/** What stands between the first line and the last, of a file that has passed `checkArchive`. */
export async function* readArchive(file: string): AsyncGenerator<Line> {
  for await (const line of linesOf(file)) {
    const { d, f, u, next } = parse(file, line);
    if (typeof d === 'string') yield { kind: 'document', path: d, fields: f as JsonFields };
    else if (isRecord(u)) yield { kind: 'account', account: u as unknown as Account };
    else if (next === 'runs') yield { kind: 'runs' };
  }
}

function readHeader(file: string, value: Record<string, unknown>): Header {
  if (value['kind'] !== 'longrun-export') throw new ArchiveError(`${file} is no export of Longrun.`);
  if (value['version'] !== VERSION) {
    throw new ArchiveError(
      `${file} is of version ${String(value['version'])}; this program reads version ${VERSION}.`,
    );
  }
  return value as unknown as Header;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  await (await open(file)).close(); // says clearly when there is none
  const text = createReadStream(file).on('error', (error) => gunzip.destroy(error));
  const gunzip = createGunzip();
  let parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of text.pipe(gunzip)) {
      let rest: Buffer = chunk;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8');
        parts = [];
        length = 0;
        rest = rest.subarray(end + 1);
      }
      parts.push(rest);
      length += rest.length;
      if (length > MAX_LINE) throw new ArchiveError(`${file} holds a line of more than ${MAX_LINE} bytes.`);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArchiveError(`${file} cannot be read: ${reason}.`, { cause: error });
  } finally {
    text.destroy();
  }
  if (length > 0) throw new ArchiveError(`${file} is cut short.`);
}

function parse(file: string, line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ArchiveError(`${file} holds a line that is no object: ${line.slice(0, 80)}`);
}
