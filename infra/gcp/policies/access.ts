import type { Recorded } from '../testing/record.ts';
import { ALLOWED } from './allowed.ts';
import { grantsOf, isGrant } from './grants.ts';

/** Says what is wrong with the resources, one line each; nothing when all is well. */
export type Policy = (resources: readonly Recorded[]) => string[];

const PUBLIC = new Set(['roles/run.invoker service longrun-api', 'roles/run.invoker service longrun-admin']);
/** Roles that can be granted on nothing smaller than a project. */
const PROJECT_WIDE = /^roles\/(cloudtrace\.agent|logging\.logWriter|longrun\.[a-z]+)$/;

/** Everyone may call api and admin through the edge, and may do nothing else. */
export const noPublicAccess: Policy = (resources) =>
  grantsOf(resources)
    .filter(({ who, role, on }) => who === 'everyone' && !PUBLIC.has(`${role} ${on}`))
    .map(({ resource, role, on }) => `${resource}: everyone gets ${role} on ${on}`);

/** No role that holds more than one job needs. */
export const noBroadRoles: Policy = (resources) =>
  grantsOf(resources)
    .filter(({ role }) => /^roles\/(owner|editor|viewer|browser)$|admin$/i.test(role))
    .map(({ resource, who, role }) => `${resource}: ${who} gets ${role}`);

/** Bindings and policies take away what others were granted on the same resource. */
export const onlyMembers: Policy = (resources) =>
  resources
    .filter((each) => isGrant(each) && !each.type.endsWith('Member'))
    .map(({ type, name }) => `${type} ${name} replaces the grants of others`);

/** Each account has what the list says, with a reason. */
export const onlyListedGrants: Policy = (resources) => {
  const listed = new Set(
    ALLOWED.flatMap(({ who, role, on }) => on.split(', ').map((each) => `${who} ${role} ${each}`)),
  );
  return grantsOf(resources)
    .filter(({ who, role, on }) => !listed.has(`${who} ${role} ${on}`))
    .map(({ resource, who, role, on }) => `${resource}: ${who} gets ${role} on ${on}, which is not listed`);
};

/** A grant on the project, where Google Cloud has something smaller or a condition, reaches too far. */
export const narrowGrants: Policy = (resources) =>
  grantsOf(resources)
    .filter(({ role, on }) => on === 'project' && !PROJECT_WIDE.test(role))
    .map(({ resource, role }) => `${resource}: ${role} on the whole project`);

const TOO_MUCH =
  /(\.setIamPolicy|^iam\.|^secretmanager\.|^resourcemanager\.projects\.(?!get$)|^datastore\.(databases\.(delete|update|create)|entities\.)|\.\*$|^storage\.)/;

/** Our own roles hold nothing by which an account could give itself more, or reach data or secrets. */
export const modestRoles: Policy = (resources) =>
  resources
    .filter(({ type }) => type === 'gcp:projects/iAMCustomRole:IAMCustomRole')
    .flatMap(({ name, inputs }) =>
      (Array.isArray(inputs['permissions']) ? inputs['permissions'].map(String) : [])
        .filter((permission) => TOO_MUCH.test(permission))
        .map((permission) => `role ${name}: ${permission}`),
    );

/** A key file of an account can be copied; nothing here needs one. */
export const noAccountKeys: Policy = (resources) =>
  resources
    .filter(({ type }) => type === 'gcp:serviceaccount/key:Key')
    .map(({ name }) => `${name} is a key of a service account`);
