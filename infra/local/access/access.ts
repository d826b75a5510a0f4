/** Who may call a local server. A listening port can be reached by every page of every browser on the machine. */
export interface Access {
  /** What an administrator brings as `Authorization: Bearer`; default: `owner`, as with Google's emulators. */
  readonly administrators?: readonly string[];
  /** Names that clients may call this machine by, besides the loopback ones. */
  readonly hosts?: readonly string[];
  /** Origins whose pages may call, besides those of pages that this machine serves, at whatever port. */
  readonly origins?: readonly string[];
  /** Only the origins that are named, and no others of this machine. */
  readonly onlyThese?: boolean;
}

const OWNER = 'owner';

/** For `parseArgs`. */
export const ACCESS_OPTIONS = {
  'accept-owner': { type: 'boolean', default: false },
  'allow-host': { type: 'string', multiple: true },
  'allow-origin': { type: 'string', multiple: true },
  'only-these-origins': { type: 'boolean', default: false },
} as const;

export const ACCESS_USAGE =
  '[--accept-owner] [--allow-host NAME]... [--allow-origin URL]... [--only-these-origins]';

interface AccessValues {
  'accept-owner'?: boolean | undefined;
  'allow-host'?: string[] | undefined;
  'allow-origin'?: string[] | undefined;
  'only-these-origins'?: boolean | undefined;
}

/** With LOCAL_CLOUD_SECRET in the environment `owner` is accepted only where that is asked for. */
export function accessOf(values: AccessValues, env: NodeJS.ProcessEnv): Access {
  const secret = env['LOCAL_CLOUD_SECRET'] ?? '';
  const {
    'accept-owner': acceptOwner = false,
    'allow-host': hosts = [],
    'allow-origin': origins = [],
  } = values;
  return {
    administrators: [...(secret === '' ? [] : [secret]), ...(secret === '' || acceptOwner ? [OWNER] : [])],
    hosts,
    origins,
    onlyThese: values['only-these-origins'] ?? false,
  };
}
