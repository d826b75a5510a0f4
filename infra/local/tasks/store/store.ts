/** The durable side of the server: rows in, rows out. Writes run inside the journal's transactions. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Witness } from '../../backup/witness.ts';
import { copyDatabase } from '../../backup/copy.ts';
import type { HttpTarget, Micros, Queue, Task } from '../model.ts';
import { Journal } from './journal.ts';
import { openDatabase } from './schema.ts';

export interface Stored {
  queues: Queue[];
  /** In order of creation. */
  tasks: Task[];
  tombstones: [name: string, until: Micros][];
}

export class Store {
  readonly journal: Journal;
  readonly #db: DatabaseSync;
  readonly #witness: Witness;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string | undefined) {
    this.#db = openDatabase(file);
    this.#witness = new Witness(this.#db, file, ['meta', 'queues', 'tasks', 'targets', 'tombstones']);
    this.journal = new Journal(this.#db, () => this.#witness.note());
  }

  load(): Stored {
    // Rows were written by this class, so their JSON has the shapes it says.
    return {
      queues: this.#sql('SELECT data FROM queues')
        .all()
        .map((row) => JSON.parse(String(row['data'])) as Queue),
      tasks: this.#sql('SELECT data FROM tasks ORDER BY seq')
        .all()
        .map((row) => JSON.parse(String(row['data'])) as Task),
      tombstones: this.#sql('SELECT name, until FROM tombstones ORDER BY until')
        .all()
        .map((row) => [String(row['name']), Number(row['until'])]),
    };
  }

  putQueue(queue: Queue): void {
    this.#sql('INSERT OR REPLACE INTO queues VALUES (?, ?)').run(queue.name, JSON.stringify(queue));
  }

  removeQueue(name: string): void {
    this.#sql('DELETE FROM queues WHERE name = ?').run(name);
  }

  insertTask(task: Task, target: HttpTarget): void {
    const { body, ...rest } = target;
    this.#sql('INSERT INTO tasks (name, data) VALUES (?, ?)').run(task.name, JSON.stringify(task));
    this.#sql('INSERT INTO targets VALUES (?, ?, ?)').run(task.name, JSON.stringify(rest), body);
  }

  updateTask(task: Task): void {
    this.#sql('UPDATE tasks SET data = ? WHERE name = ?').run(JSON.stringify(task), task.name);
  }

  removeTask(name: string): void {
    this.#sql('DELETE FROM tasks WHERE name = ?').run(name);
    this.#sql('DELETE FROM targets WHERE name = ?').run(name);
  }

  putTombstone(name: string, until: Micros): void {
    this.#sql('INSERT OR REPLACE INTO tombstones VALUES (?, ?)').run(name, until);
  }

  dropTombstones(before: Micros): void {
    this.#sql('DELETE FROM tombstones WHERE until <= ?').run(before);
  }

  /** Undefined when there is no such task, or it is not committed yet. */
  target(name: string): HttpTarget | undefined {
    const row = this.#sql('SELECT target, body FROM targets WHERE name = ?').get(name);
    if (row === undefined) return undefined;
    const body = row['body'] instanceof Uint8Array ? row['body'] : new Uint8Array();
    return { ...(JSON.parse(String(row['target'])) as Omit<HttpTarget, 'body'>), body };
  }

  /** Names of a queue's tasks in order, after `after`. */
  taskNames(queue: string, after: string, limit: number): string[] {
    const from = after > `${queue}/tasks/` ? after : `${queue}/tasks/`;
    return this.#sql('SELECT name FROM tasks WHERE name > ? AND name < ? ORDER BY name LIMIT ?')
      .all(from, `${queue}/tasks0`, limit) // '0' follows '/'
      .map((row) => String(row['name']));
  }

  meta(key: string): string | undefined {
    const value = this.#sql('SELECT value FROM meta WHERE key = ?').get(key)?.['value'];
    return value === undefined ? undefined : String(value);
  }

  putMeta(key: string, value: string): void {
    this.#sql('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
  }

  /** Copies the database to a new file. Resolves when that is on disk. */
  copy(to: string): Promise<void> {
    this.journal.flush();
    return copyDatabase(this.#db, to);
  }

  close(): void {
    this.journal.close();
    this.#witness.close();
    this.#db.close();
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) this.#statements.set(text, (statement = this.#db.prepare(text)));
    return statement;
  }
}
