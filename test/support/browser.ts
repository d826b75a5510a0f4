import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const WHOLE = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Chromium without windows takes a third less of the processor. It knows no notifications. */
const LIGHT = ['chromium-headless-shell', ...WHOLE];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Launch options for a browser that is installed, the lightest unless a `whole` one is needed; `CHROME_PATH` names another. */
export function findBrowser({ whole = false } = {}) {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [
    ...(whole ? WHOLE : LIGHT).flatMap((name) => folders.map((folder) => join(folder, name))),
    MAC,
  ];
  const executablePath = process.env['CHROME_PATH'] ?? candidates.find(existsSync);
  if (executablePath === undefined) throw new Error('No Chromium or Chrome was found; set CHROME_PATH.');
  return {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}
