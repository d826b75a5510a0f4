import type { App, Call } from '../app.ts';
import { assert, unimplemented } from '../errors.ts';
import { Fields } from '../fields.ts';
import { resetPassword } from './oob.ts';
import { redeemOobCode } from './redeem-oob-code.ts';

/** GET /emulator/action: where the links in "mails" lead. `resetPassword` takes `&newPassword=...`, as in the emulator. */
export async function action(app: App, call: Call): Promise<object> {
  const { query } = call;
  const oobCode = query.get('oobCode') ?? '';
  assert(oobCode !== '', 'MISSING_OOB_CODE');
  const mode = query.get('mode');
  if (mode === 'resetPassword') {
    const newPassword = query.get('newPassword');
    assert(newPassword, 'MISSING_PASSWORD : Add &newPassword=... to this address.');
    await resetPassword(app, { ...call, body: new Fields({ oobCode, newPassword }) });
    return { authEmulator: { success: 'The password has been successfully updated.' } };
  }
  if (mode === 'verifyEmail' || mode === 'recoverEmail' || mode === 'verifyAndChangeEmail') {
    const types = {
      verifyEmail: 'VERIFY_EMAIL',
      recoverEmail: 'RECOVER_EMAIL',
      verifyAndChangeEmail: 'VERIFY_AND_CHANGE_EMAIL',
    } as const;
    const { email } = redeemOobCode(app, oobCode, [types[mode]]);
    return { authEmulator: { success: 'The email address has been successfully updated.', email } };
  }
  throw unimplemented(`The action ${mode}; open the link in your application instead. It`);
}
