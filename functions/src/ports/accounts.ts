/** A person's account, as the identity service keeps it. */
export interface Account {
  uid: string;
  email: string | null;
  /** Otherwise anyone may have taken the address. */
  emailVerified: boolean;
  /** Has the custom claim `admin: true`. */
  admin: boolean;
  disabled: boolean;
  /** Tokens from before were revoked. Milliseconds since 1970. */
  tokensValidFrom: number;
}

/** Throws LongrunError `unavailable` when the identity service does not answer. */
export interface Accounts {
  /** Undefined when there is no such account. */
  byUid(uid: string): Promise<Account | undefined>;
  byEmail(email: string): Promise<Account | undefined>;
  /** Sets or removes the claim `admin`, and keeps every other. */
  setAdmin(uid: string, admin: boolean): Promise<void>;
  /** Looks through all accounts. */
  admins(): Promise<Account[]>;
}
