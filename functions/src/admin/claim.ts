import { LongrunError, type AuditEntry } from '@longrun/shared';
import type { Accounts } from '../ports/accounts.ts';
import { CommitConflict, type DocumentWrite } from '../ports/documents.ts';
import { audited, type AuditContext } from './audit.ts';
import { FIRST_ADMIN } from './paths.ts';

export interface ClaimContext extends AuditContext {
  accounts: Accounts;
  /** An installation on one machine: only there whoever comes first becomes its administrator. */
  local: boolean;
}

/** From then on nobody can make themselves an administrator. */
export function firstAdminWrite(op: 'create' | 'merge', uid: string, now: number): DocumentWrite {
  return { op, path: FIRST_ADMIN, fields: { uid, at: new Date(now).toISOString() } };
}

/** Whether this person could become the administrator by asking for it. */
export async function isClaimable(context: ClaimContext, uid: string): Promise<boolean> {
  return (await openTo(context, uid)) !== null;
}

/**
 * `noted`: this person was the first already, and the claim may not yet be on their account. Null: it is not open to
 * them.
 */
async function openTo(
  { documents, accounts, local }: ClaimContext,
  uid: string,
): Promise<{ noted: boolean } | null> {
  if (!local) return null;
  const [first] = await documents.get([FIRST_ADMIN]);
  if (first !== undefined && first.fields['uid'] !== uid) return null;
  return (await accounts.admins()).length > 0 ? null : { noted: first !== undefined };
}

/**
 * Makes the first user of a local installation its administrator; of two who ask at once just one. Anonymous people may:
 * locally everyone is one at first. Throws `forbidden`.
 */
export async function claim(context: ClaimContext, by: AuditEntry['by']): Promise<void> {
  const refused = () =>
    new LongrunError(
      'forbidden',
      context.local
        ? 'There is an administrator already. They, or "npm run admin -- grant", can make you one.'
        : 'Only a local installation can be claimed; use "npm run admin -- grant".',
    );
  const open = await openTo(context, by.uid);
  if (open === null) throw refused();
  const { clock, accounts } = context;
  try {
    await audited(
      context,
      { by, action: 'grant_admin', target: by.uid },
      async () => {
        await accounts.setAdmin(by.uid, true);
        return { result: undefined, detail: 'The first user of this installation.' };
      },
      { with: open.noted ? [] : [firstAdminWrite('create', by.uid, clock.now())] },
    );
  } catch (error) {
    if (error instanceof CommitConflict && error.reason !== 'busy') throw refused();
    throw error;
  }
}
