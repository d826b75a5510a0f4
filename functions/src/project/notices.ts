import type { ProjectSettings } from './config.ts';

/** Settings without a meaning for what is served here: of images that LangGraph's CLI builds, and of editors. */
const MEANINGLESS = new Set([
  '$schema',
  'graphs',
  'env',
  'node_version',
  'dependencies',
  'api_version',
  'base_image',
  'docker_compose_file',
  'dockerfile_lines',
  'image_distro',
  'internal_docker_tag',
  '_INTERNAL_docker_tag',
  'keep_pkg_tools',
  'pip_config_file',
  'pip_installer',
  'python_version',
]);

const NOT_SUPPORTED: Record<string, string> = {
  ui: 'its components are not served.',
  ui_config: 'its components are not served.',
  node_loader: 'modules are loaded as tsx loads them.',
  checkpointer: 'checkpoints are kept in Firestore, as long as RUN_TTL_HOURS says.',
  webhooks: 'webhooks are named by each run.',
};

/** What `langgraph.json` asks for and does not get, one sentence each. */
export function noticesOf(settings: ProjectSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (name === 'node_version') return nodeVersion(value);
    if (name === 'dependencies') return dependencies(settings.dependencies ?? []);
    if (name === 'store') return store(value);
    if (name === 'http') return http(value);
    if (name === 'auth') return auth(settings.auth);
    if (MEANINGLESS.has(name)) return [];
    return [`${name}: ${NOT_SUPPORTED[name] ?? 'this setting is not known and changes nothing.'}`];
  });
}

function nodeVersion(wanted: unknown): string[] {
  const [major = ''] = process.versions.node.split('.');
  return String(wanted).split('.')[0] === major
    ? []
    : [`node_version: ${String(wanted)} is asked for; graphs run on Node.js ${major}.`];
}

function dependencies(all: string[]): string[] {
  const others = all.filter((each) => !/^\.?\/?$/.test(each));
  return others.length === 0
    ? []
    : [
        `dependencies: ${others.join(', ')} are not installed; install what package.json names in the project's folder.`,
      ];
}

/** Of `http`, what is said of CORS is obeyed. */
function http(value: unknown): string[] {
  const parts = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return parts.some((part) => part !== 'cors')
    ? ['http: its app is not served, and no part of the API is left out.']
    : [];
}

function auth(value: ProjectSettings['auth']): string[] {
  const { path, disable_studio_auth: disabled, ...others } = value ?? {};
  return [
    ...(path === undefined ? ['auth: it names no path, so nobody is authenticated by it.'] : []),
    ...(disabled === false
      ? ['auth.disable_studio_auth: a header that names Studio lets nobody in, whatever is said here.']
      : []),
    ...Object.keys(others).map((part) => `auth.${part}: this setting changes nothing.`),
  ];
}

function store(value: unknown): string[] {
  const parts = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return parts.map((part) =>
    part === 'index'
      ? 'store.index: a search with a query ranks by words, not by embeddings.'
      : `store.${part}: this setting changes nothing.`,
  );
}
