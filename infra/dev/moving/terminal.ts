/** What the commands of this folder say, and how they end. */
import { ConfigError } from '../../../functions/src/config/config.ts';
import { parseSettings, type Settings } from '../settings.ts';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function fail(error: unknown, code = 1): never {
  warn(error instanceof Error ? error.message : String(error));
  process.exit(code);
}

/** The settings with which `npm start` would start. */
export function settingsOrExit(): Settings {
  try {
    return parseSettings(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error);
  }
}

/** Runs `read`, the parsing of arguments; what it throws is followed by `usage`. */
export function argumentsOrExit<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
