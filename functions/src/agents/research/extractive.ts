import { AIMessage } from '@langchain/core/messages';
import { compose, uncovered } from './compose.ts';
import { questionOf } from './conversation.ts';
import { ExtractiveModel } from './extractive-model.ts';
import { firstQueries, furtherQueries, keyPhrases } from './key-phrases.ts';
import { diverse, knowledgeOf, rank } from './rank.ts';
import type { Researcher } from './researcher.ts';

/** Passages among which every phrase of the question should be spoken of. */
const TOP = 8;

/** Research without a language model: search by the question's words, answer with quotes. */
export const extractive: Researcher = {
  plan: (messages) => Promise.resolve(firstQueries(keyPhrases(questionOf(messages)))),

  async reflect({ messages, passages, asked, library }) {
    const phrases = keyPhrases(questionOf(messages));
    const known = await knowledgeOf(library, passages, phrases);
    const open = uncovered(diverse(rank(passages, phrases, known), TOP), phrases);
    return furtherQueries(open, new Set(asked));
  },

  async answer({ messages, passages, library }, config) {
    const phrases = keyPhrases(questionOf(messages));
    const known = await knowledgeOf(library, passages, phrases);
    const { pieces, sources } = compose(passages, phrases, { ...known, size: library.size });
    const said = await new ExtractiveModel(pieces).invoke(messages, config);
    return { message: whole(said), sources };
  },
};

/** A finished message under the id that its chunks were streamed with. */
export function whole(said: { id?: string; content: AIMessage['content'] }): AIMessage {
  return new AIMessage({ content: said.content, ...(said.id === undefined ? {} : { id: said.id }) });
}
