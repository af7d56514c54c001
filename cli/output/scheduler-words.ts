const SENTENCE = /^((?:node-\d+: |waiting: )?)(\d+\/\d+ nodes are available): (.+?)(?:\. .*|\.)?$/s;

/**
 * What the scheduler says of a pod for which there is no place, with what is missing in front: where there is room for its
 * beginning only, that has to be the part that helps. Any other text stays as it is.
 */
export function missingFirst(text: string): string {
  const [, before = '', available = '', reasons] = SENTENCE.exec(text) ?? [];
  if (reasons === undefined) return text;
  const parts = reasons.split(', ');
  const missing = parts.filter((part) => part.includes('Insufficient'));
  const others = parts.filter((part) => !part.includes('Insufficient'));
  const first = [...missing, ...others].map((part) =>
    parts.length === 1 ? part.replace(/^\d+ (?=Insufficient)/, '') : part,
  );
  return `${before}${first.join(', ')} (${available})`;
}
