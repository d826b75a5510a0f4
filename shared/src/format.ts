/**
 * The format of what is stored of a run, and how versions of Longrun get along that share a database: for minutes in a
 * rolling deploy, for as long as it takes after a rollback.
 *
 * What never changes, in no format: an entry has `n`, `first`, `last`, `writer`, `nonce` and `body`, a JSON list of events,
 * each with `seq`, `at` and `type`; a run's document has the fields of format 1, of the same kind, and `format`. Entries and
 * documents without a format are of format 1.
 *
 * What may be added without a new format: a type of event that changes nothing in the fold, an optional field of an event that
 * the fold does not read, a field beside the fold in the document. Anything that an older fold would get wrong (a new status,
 * a field of the fold, another meaning) needs a new one: raise FORMAT, and writers put it on what they write from then on.
 *
 *                      of a known format                   of a newer format
 * event, unknown type  kept as it is, counts as a number,  likewise
 *                      changes and shows nothing
 * event, wrong shape   damage: its reader gets an error    taken for one of an unknown type
 * event, not legal     damage: its reader gets an error    taken as if the run had been running
 * status, unknown      cannot be                           reads as `running`, as `failed` once the run has ended
 * who reads            everything                          shows what it understands; checks of the log judge its numbers only
 * who writes           whoever may                         nobody: a worker answers its task with "later", one that has the run
 *                                                          stops as if it were fenced, a command is `unavailable`, the log
 *                                                          is not compacted. Removal goes by the path, and is allowed.
 *
 * So a newer version's run is shown, and waits for a newer version; no older fold is ever written over it. Readers pass on
 * events as they were stored, with fields that they do not know.
 */
export const FORMAT = 2;

/** The format of a document or an entry when it is newer than what is known here; else undefined. */
export function newerFormat(fields: { [field: string]: unknown }): number | undefined {
  const { format } = fields;
  return typeof format === 'number' && format > FORMAT ? format : undefined;
}
