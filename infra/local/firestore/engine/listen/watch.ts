/** What the three kinds of targets have in common. */
import type { StoredDocument } from '../store/document.ts';
import type { Change, Commit } from '../write/change.ts';
import type { Resumption } from './token.ts';

/** One document's fate within a target. */
export type Effect =
  | { readonly kind: 'set'; readonly document: StoredDocument }
  /** It exists, but no longer belongs to the target. */
  | { readonly kind: 'leave'; readonly document: StoredDocument }
  | { readonly kind: 'delete'; readonly name: string };

export interface InitialState {
  readonly effects: readonly Effect[];
  /** How many documents belong to the target now; undefined: not told. */
  readonly count: number | undefined;
  /** Names of all documents that belong to it, told when some may have left unseen. */
  readonly names?: readonly string[];
}

export interface Watch {
  /** Where the hub finds it: names of documents, or keys of collections and groups. */
  readonly places: readonly string[];
  /** As of `time`, the newest snapshot. */
  begin(resumption: Resumption, time: number): InitialState;
  /** `changes`: those of the commit that happened at one of the places. */
  apply(changes: readonly Change[], commit: Commit): readonly Effect[];
}

export const documentPlace = (name: string): string => `doc ${name}`;
export const collectionPlace = (database: string, collection: readonly string[]): string =>
  `in ${database} ${collection.join('/')}`;
export const groupPlace = (database: string, collectionId: string): string =>
  `group ${database} ${collectionId}`;
export const databasePlace = (database: string): string => `all ${database}`;

export function placesOf({ at }: Change): string[] {
  return [
    documentPlace(at.name),
    collectionPlace(at.database, at.segments.slice(0, -1)),
    groupPlace(at.database, at.collectionId),
    databasePlace(at.database),
  ];
}

export const effectOfLeaving = (name: string, now: StoredDocument | undefined): Effect =>
  now ? { kind: 'leave', document: now } : { kind: 'delete', name };
