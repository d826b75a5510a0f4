/** What people say around what they want; none of it belongs into a calendar. */
const POLITE =
  /^(?:(?:hi|hello|hey|ok|okay|and|also|then|so|well)\b[ ,!]*)*(?:please\b[ ,]*)?(?:(?:can|could|would|will) (?:you|we)\b\s*(?:please\s+)?)?(?:(?:i|we)(?:'d| would)? (?:like|want|need|have)(?: to)?\b\s*)?(?:let'?s\b\s*)?(?:(?:remind (?:me|us)|don'?t forget|remember|make sure)(?: to)?\b\s*)?(?:there (?:is|will be)\b\s*)?(?:please\b\s*)?/i;
const VERB =
  /^(?:(?:book|schedule|add|plan|put|arrange|organi[sz]e|set up|make|create|enter|fix|reserve|block(?: out)?|pencil in|find|look for|get|when (?:can|could|shall|should|do) we (?:have|do|meet for)?)\b\s*)/i;
const FIND =
  /^(?:me |us |out )?(?:an?|the|some|any|another|the next)?\s*(?:good |suitable |free |best |common |possible |next )*(?:time|slot|spot|date|day|moment|gap|window|space|appointment|hours?)?\s*(?:slot\b)?\s*(?:when|where)?\s*(?:we (?:can|could) (?:have|do|meet)?)?\s*(?:for|to(?: have)?)\s+/i;
const EDGE =
  /^(?:(?:for|with|on|at|in|from|to|of|by|and|or|but|the|a|an|our|my|is|it|that|which|will be|will have|takes?|please|into|as|can|could|may|has|have|had|needs? to|needs?|wants? to|wants?|goes to|go to|is going to|free|if possible|some ?time|any ?time|any day|ideally|preferably|have|around|about)\b\s*|[\s,;:.!?'’"–—-]+)/i;
const END =
  /(?:\s+(?:for|with|on|at|in|from|to|of|by|and|or|but|the|a|an|our|my|is|it|that|which|starts?|starting|please|into|takes?|lasting|if possible|some ?time|any ?time|any day|ideally|preferably|every|each|sometime|find|book|free|thanks|thank you|calendar|around|about)|[\s,;:.!?'’"–—-]+)$/i;

/** The title of what was asked for, from the stretches of the request that nothing else was taken from; may be empty. */
export function titleFrom(left: readonly string[]): string {
  const [best = ''] = left.map(trimmed).filter((text) => /\p{L}{2}/u.test(text));
  return best.charAt(0).toUpperCase() + best.slice(1, 120);
}

function trimmed(part: string): string {
  let text = part.trim().replace(POLITE, '');
  const verb = VERB.exec(text);
  if (verb !== null) {
    text = text.slice(verb[0].length).replace(/^(?:it|this|that|in|me|us)\b\s*/i, '');
    if (/^(?:find|look|get)/i.test(verb[0]) || FIND.test(text)) text = text.replace(FIND, '');
    text = text.replace(/^(?:an?\s+)?(?:appointment|event|entry)\s+(?:for|with|at|called|named)\s+/i, '');
  }
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(EDGE, '').replace(END, '').trim();
  }
  return text;
}
