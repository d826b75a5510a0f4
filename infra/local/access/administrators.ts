import { createHash, timingSafeEqual } from 'node:crypto';
import type { Access } from './access.ts';

const OWNER = 'owner';

/** Knows whoever may do everything by the token that they bring. */
export class Administrators {
  readonly #digests: readonly Buffer[];
  /** Server libraries are taken for administrators without any token, as by Google's emulators. */
  readonly trustsLibraries: boolean;

  constructor({ administrators = [OWNER] }: Access = {}) {
    this.#digests = administrators.map(digest);
    this.trustsLibraries = administrators.includes(OWNER);
  }

  has(token: string): boolean {
    const given = digest(token);
    return this.#digests.filter((each) => timingSafeEqual(each, given)).length > 0;
  }

  /** Of a header as in `Bearer owner`. */
  sent(authorization: string | undefined): boolean {
    const [, token] = /^bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    return token !== undefined && this.has(token);
  }

  /** What to do, for whoever was refused. */
  get advice(): string {
    return this.trustsLibraries
      ? 'Send "Authorization: Bearer owner".'
      : 'Send "Authorization: Bearer" and the installation\'s secret, which is in its data folder.';
  }
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
