import { assert } from './errors.ts';

/** E.164, without the spaces and dashes that people write. Throws `error`. */
export function canonicalPhone(text: string, error = 'INVALID_PHONE_NUMBER'): string {
  const phone = text.replaceAll(/[\s().-]/g, '');
  assert(/^\+\d{5,15}$/.test(phone), `${error} : Invalid format.`);
  return phone;
}

/** What someone sees who has only given the first factor: the last four digits. */
export const obfuscated = (phone: string): string => phone.replaceAll(/\d(?=\d{4})/g, '*');
