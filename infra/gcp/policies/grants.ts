import type { Recorded } from '../testing/record.ts';

/** One grant of a role, whichever resource made it. */
export interface Grant {
  resource: string;
  /** Short name of the account, or `everyone`. */
  who: string;
  role: string;
  /** Such as `queue runs`, `project`, `project if <title of the condition>`. */
  on: string;
}

const IAM = /(IAMMember|IamMember|IAMBinding|IamBinding|IAMPolicy|IamPolicy)$/;

export function isGrant({ type }: Recorded): boolean {
  return IAM.test(type);
}

export function grantsOf(resources: readonly Recorded[]): Grant[] {
  return resources.filter(isGrant).map(({ type, name, inputs }) => ({
    resource: `${type} ${name}`,
    who: whoOf(String(inputs['member'] ?? inputs['members'])),
    role: String(inputs['role']).replace(/^projects\/[^/]+\//, ''),
    on: targetOf(type, inputs),
  }));
}

function whoOf(member: string): string {
  if (/allUsers|allAuthenticatedUsers/.test(member)) return 'everyone';
  const agent = /^serviceAccount:service-\d+@([^.]+)\./.exec(member)?.[1];
  return agent ?? /^serviceAccount:longrun-([^@]+)@/.exec(member)?.[1] ?? member;
}

function targetOf(type: string, inputs: Recorded['inputs']): string {
  const [module] = type.replace('gcp:', '').split('/');
  const last = (value: unknown) => String(value).split('/').at(-1) ?? '';
  switch (module) {
    case 'projects': {
      const condition = inputs['condition'];
      const title =
        typeof condition === 'object' && condition !== null && 'title' in condition
          ? String(condition.title)
          : null;
      return title === null ? 'project' : `project if ${title}`;
    }
    case 'cloudtasks':
      return `queue ${String(inputs['name'])}`;
    case 'cloudrunv2':
      return `service ${String(inputs['name'])}`;
    case 'secretmanager':
      return `secret ${String(inputs['secretId'])}`;
    case 'storage':
      return `bucket ${String(inputs['bucket'])}`;
    case 'artifactregistry':
      return `repository ${String(inputs['repository'])}`;
    case 'serviceaccount':
      return `account ${last(inputs['serviceAccountId']).replace(/^longrun-|@.*$/g, '')}`;
    case 'kms':
      return `key ${last(inputs['cryptoKeyId'])}`;
    default:
      return `unknown ${type}`;
  }
}
