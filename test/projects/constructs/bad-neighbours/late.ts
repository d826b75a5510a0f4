// As of a client that fails a moment after its import, where nobody can catch it.
setTimeout(() => {
  throw new Error('thrown late');
}, 300);

export { graph } from './good.ts';
