/** How a document's fields are stored: as a serialised `google.firestore.v1.Document` with nothing but fields. */
import { messageType } from '../../protos.ts';
import type { Document, Fields } from '../values.ts';

const type = messageType('Document');

export const encodeFields = (fields: Fields): Buffer => type.serialize({ fields });

export function decodeFields(data: Uint8Array): Fields {
  const message: Document = Object.assign(
    { name: '' },
    type.deserialize(Buffer.from(data.buffer, data.byteOffset, data.length)),
  );
  return message.fields ?? {};
}
