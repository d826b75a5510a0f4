import { errorMessage } from '@longrun/shared';

const WORDS: { [code: string]: string } = {
  'auth/email-already-in-use': 'There is an account with this address already. Sign in to it instead.',
  'auth/invalid-credential': 'Address and password do not belong together.',
  'auth/wrong-password': 'Address and password do not belong together.',
  'auth/user-not-found': 'Address and password do not belong together.',
  'auth/weak-password': 'Please choose a password of at least six characters.',
  'auth/invalid-email': 'This is not an email address.',
  'auth/network-request-failed': 'There is no connection right now. Please try again.',
  'auth/too-many-requests': 'Too many attempts. Please wait a minute.',
  'auth/popup-closed-by-user': 'The window was closed before you were signed in.',
};

/** What Firebase's error code means for a person. */
export function authMessage(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return WORDS[code] ?? errorMessage(error);
}
