import type { App, Call, Operation } from '../app.ts';
import { assert } from '../errors.ts';
import { isRecord } from '../fields.ts';
import { readTenant, type Tenant } from '../tenants.ts';

const MAX_PAGE = 1_000;

function wire({ project }: App, tenant: Tenant): object {
  return { name: `projects/${project}/tenants/${tenant.tenantId}`, ...tenant };
}

/** POST /v2/projects/P/tenants */
export function createTenant(app: App, { body }: Call): object {
  return wire(app, app.tenants.create(readTenant(body)));
}

/** GET /v2/projects/P/tenants: by pages; as everywhere a full page has a token even when nothing follows. */
export function listTenants(app: App, { query }: Call): object {
  const limit = Number(query.get('pageSize') ?? 20);
  assert(Number.isInteger(limit) && limit > 0 && limit <= MAX_PAGE, 'INVALID_PAGE_SIZE');
  const tenants = app.tenants.list(query.get('pageToken') ?? '', limit);
  return {
    tenants: tenants.map((tenant) => wire(app, tenant)),
    ...(tenants.length === limit && { nextPageToken: tenants.at(-1)?.tenantId }),
  };
}

/** GET /v2/projects/P/tenants/T */
export function getTenant(tenantId: string): Operation {
  return (app) => wire(app, app.tenants.get(tenantId));
}

/** PATCH /v2/projects/P/tenants/T: what `updateMask` names; without one everything. */
export function updateTenant(tenantId: string): Operation {
  return (app, { body, query }) => {
    const before = app.tenants.get(tenantId);
    const wanted = { tenantId, ...readTenant(body) };
    const mask = query.get('updateMask') ?? '';
    if (mask !== '') {
      for (const path of mask.split(',')) overwrite(before, wanted, path.split('.'));
      return wire(app, app.tenants.save({ ...before, tenantId }));
    }
    return wire(app, app.tenants.save(wanted));
  };
}

/** Makes what a path names in `before` what it is in `wanted`. A path that leads into a list or a string changes nothing. */
function overwrite(before: object, wanted: object, [name = '', ...rest]: string[]): void {
  const is: unknown = Object.hasOwn(before, name) ? Reflect.get(before, name) : undefined;
  const shall: unknown = Object.hasOwn(wanted, name) ? Reflect.get(wanted, name) : undefined;
  if (rest.length === 0) {
    if (shall === undefined) Reflect.deleteProperty(before, name);
    else Object.defineProperty(before, name, { value: shall, enumerable: true, configurable: true });
  } else if (isRecord(is) && isRecord(shall)) overwrite(is, shall, rest);
  else if (is === undefined && isRecord(shall)) {
    const part = {};
    overwrite(part, shall, rest);
    Object.defineProperty(before, name, { value: part, enumerable: true, configurable: true });
  }
}

/** DELETE /v2/projects/P/tenants/T: with all its accounts. */
export function deleteTenant(tenantId: string): Operation {
  return (app) => {
    app.tenants.get(tenantId);
    app.store.transaction(() => {
      app.forgetTenant(tenantId);
      app.tenants.delete(tenantId);
    });
    return {};
  };
}
