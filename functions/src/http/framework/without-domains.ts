import domain from 'node:domain';
import { EventEmitter } from 'node:events';

/**
 * functions-framework calls every function within a domain (a deprecated part of Node), and the first domain makes Node
 * report every promise of the process: measured, 40 % of a worker's processor time. Nothing here needs one: what a
 * handler throws is answered by Express, and what is thrown outside of any handler is told by `takeOverSignals`.
 */
export function runWithoutDomains(): void {
  domain.create = () => {
    const none = { run: <T>(work: () => T) => work() };
    return Object.assign(new EventEmitter(), none) as unknown as domain.Domain;
  };
}
