interface Address {
  host: string;
  port: number;
}

/** What `/__/firebase/init.json` says, as Firebase Hosting serves it; `emulators` only when local. */
export interface Config {
  projectId: string;
  apiKey: string;
  authDomain?: string;
  appId?: string;
  emulators?: { firestore?: Address; auth?: Address };
}

let loading: Promise<Config> | undefined;

/** Read once; a failure is not kept, so that the next call tries again. */
export function loadConfig(): Promise<Config> {
  loading ??= read().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function read(): Promise<Config> {
  const response = await fetch('/__/firebase/init.json');
  if (!response.ok) throw new Error(`The configuration could not be read (${response.status}).`);
  const value: unknown = await response.json();
  if (!isConfig(value)) throw new Error('The configuration lacks "projectId" or "apiKey".');
  return value;
}

function isConfig(value: unknown): value is Config {
  return (
    typeof value === 'object' &&
    value !== null &&
    'projectId' in value &&
    typeof value.projectId === 'string' &&
    'apiKey' in value &&
    typeof value.apiKey === 'string'
  );
}
