import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** One subcommand of `npm run deploy`. */
export interface Step {
  /** One line, for the list of all. */
  about: string;
  /** Lines on its options, for its help. */
  usage: string;
  run(args: string[]): Promise<void>;
}

/** Throws an Error for a person when `run` cannot go on; `values` are what the command line says. */
export function step<T extends ParseArgsOptionsConfig>(definition: {
  about: string;
  usage: string;
  options: T;
  run: (values: ReturnType<typeof parseArgs<{ options: T }>>['values']) => Promise<void>;
}): Step {
  const { about, usage, options, run } = definition;
  return {
    about,
    usage,
    run: async (args) => {
      let values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
      try {
        ({ values } = parseArgs({ args, options }));
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, {
          cause: error,
        });
      }
      await run(values);
    },
  };
}

/** `30d`, `12h`, `45s` -> milliseconds. Throws. */
export function parseDuration(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (amount === undefined || ms === undefined)
    throw new Error(`"${text}" must be like 30d, 12h, 15m or 45s.`);
  return Number(amount) * ms;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
