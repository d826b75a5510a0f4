import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import * as z from 'zod';
import { includesName, keyOf } from '../calendar/names.ts';
import { MODEL_TIMEOUT_MS } from '../../models/chat-model.ts';
import { costUsd } from '../../models/price.ts';
import { sloppyJson } from '../../research/sloppy-json.ts';
import { dateText } from '../time/wall.ts';
import { OWNER } from './people.ts';
import { requestPrompt } from './prompt.ts';
import { byWords, type Asked, type Understand } from './understand.ts';
import { MAX_MINUTES, wishSchema, type Wish } from './wish.ts';

const MAX_TRIES = 2;

/**
 * A language model understands the request. Its answer is checked; what is wrong with it is told to it once. If it still
 * keeps not to the form, the request is understood by its words, and the person is told so. A model that cannot be
 * reached is an error of the run, which tries again by itself.
 */
export function withModel(model: () => Promise<BaseChatModel>): Understand {
  return async (asked, config) => {
    const prompt = requestPrompt(asked);
    let problem = '';
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const said = await invoke(await model(), prompt, config);
      const read = readWish(said, asked);
      if (typeof read !== 'string') return read;
      problem = read;
      prompt.push(
        new AIMessage(said),
        new HumanMessage(`That cannot be used: ${problem}. Answer with the corrected JSON only.`),
      );
    }
    config.writer?.({
      type: 'progress',
      text: `the model's answer cannot be used (${problem}); reading the words themselves`,
    });
    const wish = await byWords(asked, config);
    const told =
      'The language model gave no answer that could be used, so the request was understood by its words alone.';
    return { ...wish, notes: [told, ...wish.notes] };
  };
}

/** Not streamed: its words are for the graph, not for the reader. So what it used is reported here. */
async function invoke(
  model: BaseChatModel,
  prompt: BaseMessage[],
  config: LangGraphRunnableConfig,
): Promise<string> {
  const tags = [...(config.tags ?? []), 'nostream'];
  const said = await model.invoke(prompt, { ...config, tags, timeout: MODEL_TIMEOUT_MS });
  if (said.usage_metadata !== undefined) {
    const { input_tokens, output_tokens } = said.usage_metadata;
    const used = { model: nameOf(model), input_tokens, output_tokens };
    const cost = costUsd(used.model, used);
    const usage = cost === undefined ? used : { ...used, cost_usd: cost };
    config.writer?.({ type: 'usage', usage });
  }
  return said.text;
}

function nameOf(model: BaseChatModel): string {
  return 'model' in model && typeof model.model === 'string' ? model.model : model.getName();
}

/** The wish, or what is wrong with the answer. */
function readWish(said: string, { household, now }: Asked): Wish | string {
  const json = sloppyJson(said);
  if (json === null) return 'it holds no JSON object';
  const parsed = wishSchema.safeParse(json);
  if (!parsed.success) return z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ').slice(0, 500);
  const wish = parsed.data;
  if (wish.kind === 'book' && wish.start === null) return '"book" needs "start"; use "find" without a time';
  if (wish.from !== null && wish.to !== null && wish.from > wish.to) return '"from" is after "to"';
  if (wish.start !== null && wish.start.slice(0, 10) < dateText(now))
    return `"start" is before today, ${dateText(now)}`;
  if ((wish.kind === 'book' || wish.kind === 'find') && wish.title === '') return '"title" is missing';
  if (wish.minutes > MAX_MINUTES && !wish.all_day) return `"minutes" is more than a day; use "all_day"`;
  const people = household.people.map(({ name }) => name);
  const resources = household.resources.map(({ name }) => name);
  const named = spelled(wish.people, people);
  return {
    ...wish,
    ...(wish.all_day ? wholeDays(wish) : {}),
    ...(wish.kind === 'book' ? {} : { start: null }),
    people: named.length === 0 && wish.kind !== 'agenda' ? [OWNER] : named,
    resources: spelled(wish.resources, resources),
  };
}

/** From midnight on, and as long as days are. */
function wholeDays({ start, minutes }: Wish): Partial<Wish> {
  const days = Math.max(1, Math.round(minutes / MAX_MINUTES));
  return { minutes: days * MAX_MINUTES, start: start === null ? null : `${start.slice(0, 10)}T00:00` };
}

/** As the household writes them; "everyone" is all of them. */
function spelled(names: readonly string[], known: readonly string[]): string[] {
  const all = names.flatMap((name) => {
    if (['everyone', 'everybody', 'family', 'all'].includes(keyOf(name))) return known;
    if (['me', 'i', 'myself', OWNER].includes(keyOf(name))) return [OWNER];
    return [includesName(known, name) ? (known.find((own) => keyOf(own) === keyOf(name)) ?? name) : name];
  });
  return [...new Set(all)];
}
