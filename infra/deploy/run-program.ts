import { spawn } from 'node:child_process';
import { inRoot } from './root.ts';

interface How {
  /** Below the repository. */
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a program to its end, with its output shown. Rejects when it fails. */
export async function runProgram(program: string, args: string[], how: How = {}): Promise<void> {
  await run(program, args, how, 'inherit');
}

/** Likewise; answers what it prints. */
export async function outputOf(program: string, args: string[], how: How = {}): Promise<string> {
  return await run(program, args, how, 'pipe');
}

function run(
  program: string,
  args: string[],
  { cwd = '', env = {} }: How,
  out: 'inherit' | 'pipe',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: inRoot(cwd),
      env: { ...process.env, ...env },
      stdio: ['ignore', out, 'inherit'],
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${program} ${args[0] ?? ''} failed (${signal ?? code}).`));
    });
  });
}
