/** Content codings: which one a client takes best (RFC 9110 section 12.5.3), and making it. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

export type Encoding = 'br' | 'gzip' | 'identity';

/** Of those that a client takes equally, the first. */
const ENCODINGS: readonly Encoding[] = ['br', 'gzip', 'identity'];
const MIN_BYTES = 512; // below that the headers weigh more than the gain
const BROTLI_QUALITY = 9; // an answer is compressed once, then cached: 11 takes ten times as long for 3 % less
const COMPRESSIBLE = /^(text\/|application\/(json|javascript|manifest\+json|wasm)|image\/svg\+xml)/;

/** Its types do not know of the preference. */
interface Encodings {
  encodings(available: readonly string[], options: { preferred: readonly string[] }): string[];
}

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

export function isCompressible(contentType: string, bytes: number): boolean {
  return bytes >= MIN_BYTES && COMPRESSIBLE.test(contentType);
}

/** What is best for the client; `identity` also for one that takes nothing of what there is. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const client: Encodings = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const [best] = client.encodings(ENCODINGS, { preferred: ENCODINGS });
  return ENCODINGS.find((encoding) => encoding === best) ?? 'identity';
}

export async function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case 'br': {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      };
      return brotli(body, { params });
    }
    case 'gzip':
      return zip(body, { level: constants.Z_BEST_COMPRESSION });
    case 'identity':
      return body;
  }
}
