import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { inRoot } from './root.ts';

/** What `infra` writes down of the stack, for the steps after it. */
export const OUTPUTS = inRoot('infra/deploy/dist/outputs.json');

/** Of infra/gcp/program.ts. */
const outputsSchema = z.looseObject({
  url: z.string().optional(),
  edge: z.string().optional(),
  siteBucket: z.string().optional(),
  urlMap: z.string().optional(),
});

/** Where a deploy goes. */
export interface Target {
  project: string;
  /** `https://longrun.example.com`, without a slash at its end. */
  site: string;
  bucket: string;
  urlMap: string;
}

export const TARGET_OPTIONS = {
  project: { type: 'string' },
  site: { type: 'string' },
  bucket: { type: 'string' },
  'url-map': { type: 'string' },
} as const;

export const TARGET_USAGE = `  --project ID --site URL --bucket NAME --url-map NAME   default: what \`infra\` wrote down`;

interface TargetFlags {
  project?: string | undefined;
  site?: string | undefined;
  bucket?: string | undefined;
  'url-map'?: string | undefined;
}

/** Flags count more than the stack's outputs. Throws an Error that lists everything that is missing. */
export async function readTarget(flags: TargetFlags, env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const outputs = await readOutputs();
  if (outputs.edge === 'firebase-hosting' && flags.bucket === undefined) {
    throw new Error(
      'This stack serves the page from Firebase Hosting, which has no bucket; see infra/README.md.',
    );
  }
  const found = {
    project: flags.project ?? env['GOOGLE_CLOUD_PROJECT'],
    site: flags.site ?? outputs.url,
    bucket: flags.bucket ?? outputs.siteBucket,
    'url-map': flags['url-map'] ?? outputs.urlMap,
  };
  const missing = Object.entries(found).filter(([, value]) => (value ?? '') === '');
  const { project, site, bucket, 'url-map': urlMap } = found;
  if (
    project === undefined ||
    site === undefined ||
    bucket === undefined ||
    urlMap === undefined ||
    missing.length > 0
  ) {
    const names = missing.map(([name]) => `--${name}`).join(', ');
    throw new Error(
      `Missing: ${names}. Run \`npm run deploy -- infra\` first, or name them (project also: GOOGLE_CLOUD_PROJECT).`,
    );
  }
  return { project, site: checkSite(site), bucket, urlMap };
}

/** Of the target only where people find it. */
export async function readSite(flags: TargetFlags): Promise<string> {
  const site = flags.site ?? (await readOutputs()).url;
  if (site === undefined)
    throw new Error('Missing: --site. Run `npm run deploy -- infra` first, or name it.');
  return checkSite(site);
}

function checkSite(site: string): string {
  const trimmed = site.replace(/\/+$/, '');
  if (!/^https?:\/\/[^/]+$/.test(trimmed))
    throw new Error(`--site ${site} must be like https://longrun.example.com.`);
  return trimmed;
}

async function readOutputs(): Promise<z.infer<typeof outputsSchema>> {
  try {
    return outputsSchema.parse(JSON.parse(await readFile(OUTPUTS, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`${OUTPUTS} cannot be read: run \`npm run deploy -- infra\` again.`, { cause: error });
  }
}
