import { readFileSync } from 'node:fs';
import * as gcp from '@pulumi/gcp';
import * as pulumi from '@pulumi/pulumi';
import type { Stack } from '../stack.ts';

const FILE = new URL('../../firestore/firestore.rules', import.meta.url);

/** The rules that the embedded server enforces as well. */
export function releaseRules(stack: Stack, database: gcp.firestore.Database): void {
  const { project } = stack.settings;
  const ruleset = new gcp.firebaserules.Ruleset(
    'rules',
    { project, source: { files: [{ name: 'firestore.rules', content: readFileSync(FILE, 'utf8') }] } },
    { dependsOn: [database] },
  );
  new gcp.firebaserules.Release('rules', {
    project,
    // The name stands for the database "(default)".
    name: 'cloud.firestore',
    rulesetName: pulumi.interpolate`projects/${project}/rulesets/${ruleset.name}`,
  });
}
