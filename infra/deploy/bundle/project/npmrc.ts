import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET = /_auth|_password|username|email|certfile|keyfile|token/i;

/** Of the project's settings of npm, those that are no secret. */
export function npmrcOf(folder: string): { text: string; warnings: string[] } {
  const path = join(folder, '.npmrc');
  if (!existsSync(path)) return { text: '', warnings: [] };
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const kept = lines.filter((line) => !SECRET.test(line));
  return {
    text: kept.map((line) => `${line}\n`).join(''),
    warnings:
      kept.length === lines.length
        ? []
        : [
            `${path} holds credentials, which are not deployed. Packages of a private registry: cloud.google.com/run/docs/runtimes/nodejs-dependencies.`,
          ],
  };
}
