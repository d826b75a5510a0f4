import { lazy } from '../lib/lazy.ts';
import type { Config } from '../config/config.ts';
import { startTracing } from './tracing.ts';

/**
 * Starts tracing unless it is switched off. Resolves the agent when called, which is better done before the first request
 * needs it: it takes longer to load than all else that a cold start needs.
 */
export function traceAsConfigured(config: Config): (() => Promise<unknown>) | null {
  if (config.TRACING === 'off') return null;
  const agent = lazy(async () => {
    const { startAgent } = await import('./agent/agent.ts');
    return startAgent({
      project: config.GOOGLE_CLOUD_PROJECT,
      service: process.env['K_SERVICE'] ?? process.env['FUNCTION_TARGET'] ?? 'longrun',
      endpoint: config.CLOUD_TRACE_EMULATOR_HOST ?? null,
    });
  });
  startTracing({ rate: config.TRACE_RATE, exporter: async (spans) => await (await agent())(spans) });
  return agent;
}
