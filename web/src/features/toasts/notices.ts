import { createStore } from '../../lib/store.ts';

export interface Notice {
  id: number;
  tone: 'ok' | 'ask' | 'bad' | 'plain';
  title: string;
  text: string;
  href?: string;
}

/** Short messages in a corner, and what screen readers are told. */
export class Notices {
  readonly list = createStore<readonly Notice[]>([]);
  readonly spoken = createStore('');
  #next = 1;

  add(notice: Omit<Notice, 'id'>): void {
    const id = this.#next;
    this.#next += 1;
    this.list.set((list) => [...list.slice(-2), { ...notice, id }]);
    this.say(`${notice.title}: ${notice.text}`);
  }

  dismiss(id: number): void {
    this.list.set((list) => list.filter((notice) => notice.id !== id));
  }

  say(text: string): void {
    this.spoken.set(text);
  }
}
