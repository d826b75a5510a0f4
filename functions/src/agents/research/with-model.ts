import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import type { Library, Passage } from '../library/index.ts';
import { converse } from '../models/converse.ts';
import { think } from '../models/think.ts';
import { questionOf } from './conversation.ts';
import { extractive, whole } from './extractive.ts';
import { keyPhrases } from './key-phrases.ts';
import { planPrompt, reflectPrompt, writePrompt } from './prompts.ts';
import { diverse, knowledgeOf, rank } from './rank.ts';
import type { Researcher } from './researcher.ts';
import { sloppyJson, strings } from './sloppy-json.ts';
import type { CitedSource } from './state.ts';

const MAX_QUERIES = 4;
/** Passages that the model reads: about 3,000 tokens. */
const MAX_PASSAGES = 12;
const QUOTE_CHARS = 280;

/** Research with a language model, over the same library and passages. */
export function withModel(model: () => Promise<BaseChatModel>): Researcher {
  const planned = async (prompt: BaseMessage[], config: LangGraphRunnableConfig) =>
    sloppyJson(await think(await model(), prompt, config)) ?? {};
  return {
    async plan(messages, config) {
      const plan = await planned(planPrompt(messages, questionOf(messages).text), config);
      const queries = strings(plan['queries'], MAX_QUERIES);
      // A model that cannot keep to the format still gets its question answered.
      return queries.length > 0 ? queries : extractive.plan(messages, config);
    },

    async reflect({ messages, passages, asked, library }, config) {
      const { text } = questionOf(messages);
      const chosen = await choose(messages, passages, library);
      const verdict = await planned(reflectPrompt(text, chosen, asked), config);
      if (verdict['enough'] === true) return [];
      return strings(verdict['queries'], MAX_QUERIES).filter((query) => !asked.includes(query));
    },

    async answer({ messages, passages, library }, config) {
      const chosen = await choose(messages, passages, library);
      const prompt = writePrompt(messages, questionOf(messages).text, chosen);
      const said = await converse(await model(), prompt, config);
      return { message: whole(said), sources: cited(said.text, chosen) };
    },
  };
}

/** By the question's words where they tell, else by the search's own order: the model may have searched with others. */
async function choose(messages: BaseMessage[], passages: Passage[], library: Library): Promise<Passage[]> {
  const phrases = keyPhrases(questionOf(messages));
  const known = await knowledgeOf(library, passages, phrases);
  const ranked = diverse(rank(passages, phrases, known), MAX_PASSAGES / 2);
  const picked = new Set(ranked.map(({ passage }) => passage));
  for (const passage of passages) if (picked.size < MAX_PASSAGES) picked.add(passage);
  return [...picked];
}

/** Passages by the numbers that the text cites: [1], [2, 3]. */
function cited(text: string, passages: Passage[]): CitedSource[] {
  const groups = [...text.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)].map((match) => match[1] ?? '');
  const numbers = new Set(groups.flatMap((group) => group.split(',').map(Number)));
  return passages.flatMap(({ id, title, heading, url, text }, i) => {
    if (!numbers.has(i + 1)) return [];
    const name = heading === '' || heading === title ? title : `${title} › ${heading}`;
    return [{ id, title: name, url, quote: text.slice(0, QUOTE_CHARS), n: i + 1 }];
  });
}
