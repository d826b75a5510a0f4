import { uuid5 } from './uuid5.ts';

/** LangGraph's servers have the same, so ids that a client has noted stay good. */
const NAMESPACE = '6ba7b821-9dad-11d1-80b4-00c04fd430c8';

/** Of the assistant that each graph has from the start. */
export const defaultAssistantId = (graphId: string) => uuid5(graphId, NAMESPACE);
