/** What can be a segment of a document's path. Firebase's own ids have up to 128 characters. */
export function isUid(uid: unknown): uid is string {
  return (
    typeof uid === 'string' &&
    /^[^/]{1,128}$/.test(uid) &&
    !/^(\.\.?|__.*__)$/.test(uid) &&
    uid.isWellFormed()
  );
}
