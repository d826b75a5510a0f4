/** Which model is at work, in words. */
export function modelWords(model: string): string {
  return model === 'extractive'
    ? 'extractive: no model configured, passages are quoted from the documents'
    : `Model: ${model}`;
}
