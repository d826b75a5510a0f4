export { graph as chat } from './chat.ts';
export { graph as ask } from './ask.ts';
export { graph as parallel } from './parallel.ts';
export { graph as sends } from './sends.ts';
export { graph as subgraph } from './subgraph.ts';
export { graph as memory } from './memory.ts';
export { graph as gates } from './gates.ts';
