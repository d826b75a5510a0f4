/** A run document must stay far below Firestore's 1 MiB; what does not fit stays in the log. Bytes of JSON. */
export const INPUT_LIMIT = 64_000;
export const OUTPUT_LIMIT = 192_000;
export const MESSAGES_LIMIT = 128_000;
export const MAX_SOURCES = 200;
export const SOURCES_LIMIT = 200_000;
/** Of the requests that turns were made with, bytes of JSON: the oldest go first. */
export const TURNS_LIMIT = 64_000;
export const MAX_TURNS = 500;
