import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';
import type { Settings } from './settings.ts';

/** What every part of the program needs. */
export interface Stack {
  settings: Settings;
  /** Of the project: part of service agents' names and of functions' addresses. */
  projectNumber: string;
  /** Each resource is made after the APIs are on. */
  after: pulumi.CustomResourceOptions;
  secrets: StackSecrets;
}

/** Set with `pulumi config set --secret`; undefined: not set. */
export interface StackSecrets {
  modelKey: pulumi.Output<string> | undefined;
  /** Text of the env file of the graphs' project. */
  graphsEnv: pulumi.Output<string> | undefined;
  redisUrl: pulumi.Output<string> | undefined;
  webhookKey: pulumi.Output<string> | undefined;
  googleClientSecret: pulumi.Output<string> | undefined;
}

/** The functions, each with an account of its own. */
export const FUNCTIONS = ['api', 'worker', 'admin', 'maintenance'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Names that others rely on: the admin's purge, the deploy, the runbooks. */
export const NAMES = {
  urlMap: 'longrun',
  queue: 'runs',
  database: '(default)',
  function: (name: FunctionName) => `longrun-${name}`,
  site: (project: string) => `${project}-longrun-site`,
} as const;

export async function openStack(
  settings: Settings,
  secrets: StackSecrets,
  after: pulumi.Resource[],
): Promise<Stack> {
  const { number } = await gcp.organizations.getProject({ projectId: settings.project });
  if (!number) throw new Error(`The project ${settings.project} was not found, or you may not see it.`);
  return { settings, projectNumber: number, after: { dependsOn: after }, secrets };
}

/** Cloud Run's address that is known before the service exists. A worker needs its own, to enqueue what goes on. */
export function functionUrl(stack: Stack, name: FunctionName): string {
  return `https://${NAMES.function(name)}-${stack.projectNumber}.${stack.settings.region}.run.app`;
}
