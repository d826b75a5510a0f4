/** Which model is at work, in words. */
export function modelWords(model: string): string {
  return model === 'extractive'
    ? 'No model is configured (extractive): it works by rules and quotations'
    : `Model: ${model}`;
}
