import { smoke as smokeTest } from '../site/smoke.ts';
import { parseDuration, say, step } from '../step.ts';
import { readSite, TARGET_OPTIONS, TARGET_USAGE } from '../target.ts';

export const smoke = step({
  about: 'asks the deployed functions for their health and for a real run',
  usage: `  --graph ID        default: the first that is served
  --question TEXT   default: the graph's first example
  --patience TIME   for health, and again for the run; default 3m
${TARGET_USAGE}`,
  options: {
    ...TARGET_OPTIONS,
    graph: { type: 'string' },
    question: { type: 'string' },
    patience: { type: 'string', default: '3m' },
  },
  run: async (values) => {
    const site = await readSite(values);
    const { graph, question, patience } = values;
    const done = await smokeTest({ site, graph, question, patienceMs: parseDuration(patience) });
    say(`${site} is healthy (version ${done.version}); a run of ${done.graph} took ${done.ms} ms.`);
  },
});
