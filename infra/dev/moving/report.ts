/** What an export and an import say of what they moved. */
import type { Trailer } from './archive.ts';

export function tallyText({ documents, accounts }: Pick<Trailer, 'documents' | 'accounts'>): string[] {
  const entries = Object.entries(documents);
  const total = entries.reduce((sum, [, { count }]) => sum + count, 0);
  return [
    `${total} documents, ${accounts} accounts`,
    ...entries.map(([collection, { count }]) => `${String(count).padStart(9)}  ${collection}`),
  ];
}

/** What could not be taken along, and what that means for whom. */
export function leftText({
  accounts,
  passwords,
  left,
}: Pick<Trailer, 'accounts' | 'passwords' | 'left'>): string[] {
  return [
    ...(accounts > 0 ? ['Sessions do not move: everyone signs in again.'] : []),
    ...(passwords === null && accounts > 0
      ? ['Passwords do not move, for the source does not tell how they are hashed: people ask for a new one.']
      : []),
    ...(left.passwords > 0
      ? [`${left.passwords} accounts come without their password, whose hash is not known.`]
      : []),
    ...(left.anonymous > 0
      ? [
          `${left.anonymous} accounts are anonymous: nothing but a browser's session leads to them. ` +
            'Between two embedded installations a backup takes sessions along.',
        ]
      : []),
    ...(left.factors > 0 ? [`${left.factors} second factors other than phones are left behind.`] : []),
  ];
}

export function activeText({ active }: Pick<Trailer, 'active'>, running: boolean): string[] {
  if (active === 0) return [];
  if (!running) return [`${active} runs had not ended: they go on where this is imported.`];
  return [
    `${active} runs had not ended, and go on at the source. Imported elsewhere they would be executed there as well, so an ` +
      'import asks for --continue. To move, stop the source first and export again.',
  ];
}
