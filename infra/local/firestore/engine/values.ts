/**
 * Values as `google.firestore.v1.Value`, in the one form that everything here uses: exactly one of the keys is present,
 * int64 is a decimal string, bytes are a Uint8Array, enums are their names. (`@grpc/proto-loader` may add a `valueType`
 * key; nobody reads it.)
 */
export interface Timestamp {
  /** int64; absent means 0. */
  seconds?: string | number;
  nanos?: number;
}

interface LatLng {
  latitude?: number;
  longitude?: number;
}

export type Fields = Record<string, Value>;

export type Value =
  | { nullValue: 'NULL_VALUE' }
  | { booleanValue: boolean }
  | { integerValue: string }
  | { doubleValue: number }
  | { timestampValue: Timestamp }
  | { stringValue: string }
  | { bytesValue: Uint8Array }
  | { referenceValue: string }
  | { geoPointValue: LatLng }
  | { arrayValue: { values?: Value[] } }
  | { mapValue: { fields?: Fields } };

export interface Document {
  /** `projects/P/databases/D/documents/c/d`. */
  name: string;
  fields?: Fields;
  createTime?: Timestamp;
  updateTime?: Timestamp;
}

export const NULL_VALUE: Value = { nullValue: 'NULL_VALUE' };
