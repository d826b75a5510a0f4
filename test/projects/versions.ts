/** What a project that has a version of LangGraph has beside it: the packages of its time, pinned. */
const beside = (core: string, checkpoint: string, zod: string) => ({
  '@langchain/core': core,
  // Its newest version within LangGraph's range wants a newer core than LangGraph itself does.
  '@langchain/langgraph-checkpoint': checkpoint,
  zod,
});

const ZOD_3 = '3.25.76';
const ZOD_4 = '4.6.7';

/**
 * The versions of LangGraph that projects are tried with: those that LangChain's templates are locked to, the last ones
 * before and after it changed what the worker relies on, and the newest.
 */
const VERSIONS = {
  // No map of answers, no stream mode `tasks`, format 1 of checkpoints.
  '0.2.74': beside('0.3.61', '0.0.18', ZOD_3),
  '0.3.12': beside('0.3.66', '0.0.18', ZOD_3),
  '0.4.9': beside('0.3.78', '0.1.1', ZOD_3),
  '1.0.2': beside('1.0.6', '1.0.0', ZOD_3),
  '1.2.9': beside('1.1.40', '1.0.1', ZOD_4),
  // The last that starts a step before the checkpoint before it is stored.
  '1.4.7': beside('1.1.49', '1.1.3', ZOD_4),
  '1.4.18': beside('1.2.13', '1.1.5', ZOD_4),
  '1.7.3': beside('1.4.0', '1.2.2', ZOD_4),
};

export type Version = keyof typeof VERSIONS;

export const ALL_VERSIONS = Object.keys(VERSIONS).filter(isVersion);
export const NEWEST: Version = '1.7.3';

export function isVersion(text: string): text is Version {
  return Object.hasOwn(VERSIONS, text);
}

/** The `dependencies` of a project with that version. */
export function dependenciesOf(version: Version): Record<string, string> {
  return { '@langchain/langgraph': version, ...VERSIONS[version] };
}

/** The newest server of LangChain that starts with a project of that version, and what it needs beside it. */
export function ownPeer(version: Version): Record<string, string> {
  const old = !version.startsWith('1.4') && version !== NEWEST;
  return old
    ? { ...server('1.1.17'), ...dependenciesOf('1.2.9') }
    : { ...server('1.5.1'), ...dependenciesOf(NEWEST) };
}

const server = (version: string) => ({
  '@langchain/langgraph-api': version,
  '@langchain/langgraph-cli': version,
});
