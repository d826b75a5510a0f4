/** All documents of a database, as Firestore's own messages: nothing is converted, so nothing is lost. */
import firestore from '@google-cloud/firestore';
import { credentials } from '@grpc/grpc-js';
import type { Client, Fields, ProtoDocument, RunQueryRequest, Timestamp } from './messages.ts';
import { documentsOf } from './value.ts';

export interface Place {
  project: string;
  /** Its id, as in `(default)`. */
  database: string;
  /** `host:port` of an embedded server or an emulator; null: Google's. */
  host: string | null;
}

export interface Document {
  /** Relative, as in `users/u/runs/r`. */
  path: string;
  fields: Fields;
}

const PAGE = 300;
/** Transient answers, by their gRPC code: what is asked again later. */
const AGAIN = new Set([4, 8, 10, 13, 14]); // DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE
const ALREADY_EXISTS = 6;
const MAX_TRIES = 8;
const PAUSE_MS = 250;

export class Documents {
  /** `projects/P/databases/D` */
  readonly database: string;
  readonly #client: Client;
  readonly #headers: Record<string, string>;

  constructor({ project, database, host }: Place) {
    this.database = `projects/${project}/databases/${database}`;
    const at = host === null ? undefined : new URL(`http://${host}`);
    this.#client = new firestore.v1.FirestoreClient({
      projectId: project,
      ...(at === undefined
        ? {}
        : { servicePath: at.hostname, port: Number(at.port), sslCreds: credentials.createInsecure() }),
    });
    this.#headers = {
      'google-cloud-resource-prefix': this.database,
      ...(host === null ? {} : { authorization: 'Bearer owner' }),
    };
  }

  /**
   * Every document in the order of names, or those of one collection group, as they were at `readTime`. Also those below
   * documents that do not exist.
   */
  async *scan(collectionId?: string, readTime?: Timestamp): AsyncGenerator<Document> {
    const parent = `${this.database}/documents`;
    let after: string | undefined;
    for (;;) {
      const page = await this.#page({
        parent,
        structuredQuery: {
          from: [{ allDescendants: true, ...(collectionId === undefined ? {} : { collectionId }) }],
          orderBy: [{ field: { fieldPath: '__name__' }, direction: 'ASCENDING' }],
          limit: { value: PAGE },
          ...(after === undefined ? {} : { startAt: { values: [{ referenceValue: after }], before: false } }),
        },
        ...(readTime === undefined ? {} : { readTime }),
      });
      for (const { name, fields } of page) {
        yield { path: (name ?? '').slice(documentsOf(this.database).length), fields: fields ?? {} };
      }
      after = page.at(-1)?.name ?? undefined;
      if (after === undefined || page.length < PAGE) return;
    }
  }

  async isEmpty(): Promise<boolean> {
    const found = await this.scan().next();
    return found.done === true;
  }

  /** Creates those that do not exist, and leaves the others as they are. Returns how many it created. */
  async create(documents: readonly Document[]): Promise<number> {
    let left = documents;
    let created = 0;
    for (let tries = 1; left.length > 0; tries += 1) {
      const codes = await this.#write(left);
      created += codes.filter((code) => code === 0).length;
      const failed = left.filter((_, i) => codes[i] !== 0 && codes[i] !== ALREADY_EXISTS);
      const fatal = codes.find((code) => code !== 0 && code !== ALREADY_EXISTS && !AGAIN.has(code));
      if (fatal !== undefined || (failed.length > 0 && tries >= MAX_TRIES)) {
        throw new Error(`${failed[0]?.path} could not be written (code ${fatal ?? 'UNAVAILABLE'}).`);
      }
      left = failed;
      if (left.length > 0) await pause(tries);
    }
    return created;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The gRPC code of each write; 0 is success. */
  async #write(documents: readonly Document[]): Promise<number[]> {
    const writes = documents.map(({ path, fields }) => ({
      update: { name: documentsOf(this.database) + path, fields },
      currentDocument: { exists: false },
    }));
    try {
      const [{ status }] = await this.#client.batchWrite({ database: this.database, writes }, this.#call());
      return documents.map((_, i) => status?.[i]?.code ?? 0);
    } catch (error) {
      const code = Number(Object(error).code);
      if (!AGAIN.has(code)) throw error;
      return documents.map(() => code);
    }
  }

  async #page(request: RunQueryRequest): Promise<ProtoDocument[]> {
    for (let tries = 1; ; tries += 1) {
      const page: ProtoDocument[] = [];
      try {
        const stream = this.#client.runQuery(request, this.#call());
        for await (const answer of stream) {
          const { document }: { document?: ProtoDocument | null } = answer;
          if (document) page.push(document);
        }
        return page;
      } catch (error) {
        if (!AGAIN.has(Number(Object(error).code)) || tries >= MAX_TRIES) throw error;
        await pause(tries);
      }
    }
  }

  #call() {
    return { otherArgs: { headers: this.#headers } };
  }
}

const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** (tries - 1)));
