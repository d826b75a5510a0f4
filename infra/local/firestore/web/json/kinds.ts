/** Kinds of protobuf fields, as far as proto3-JSON tells them apart: https://protobuf.dev/programming-guides/json/ */
export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'timestamp'
  /** `google.protobuf.NullValue`: JSON null, the name `NULL_VALUE` as a message. */
  | 'null'
  /** `google.protobuf.Int32Value` and the like: a bare number in JSON, `{ value }` as a message. */
  | 'Int32Value'
  | 'Int64Value'
  | 'DoubleValue'
  /** `google.protobuf.Duration`: `1.5s` in JSON. Answered, never asked. */
  | 'duration'
  /** `google.protobuf.Struct`: an object in JSON. Answered, never asked. */
  | 'struct';

/** Field names (camelCase) with their kinds. */
export type Message = Readonly<Record<string, Kind>>;

export type Kind =
  | Scalar
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: Kind }
  | { readonly kind: 'message'; readonly fields: () => Message };

export const list = (of: Kind): Kind => ({ kind: 'list', of });
export const map = (of: Kind): Kind => ({ kind: 'map', of });
export const message = (fields: () => Message): Kind => ({ kind: 'message', fields });
/** Names in the order of their numbers, which start at 0. */
export const oneOf = (...names: string[]): Kind => ({ kind: 'enum', names });
