import type { Tokenizer } from '@huggingface/tokenizers' with { 'resolution-mode': 'import' };
import type { TextTower } from '../../models/text-tower';

/** What the model is given for a text. */
export interface Tokens {
  ids: number[];
  /** 1 for each token of the text, 0 for padding. */
  mask: number[];
}

/**
 * Cuts texts into the tokens that the model was trained on.
 * @param file what its `tokenizer.json` says.
 * @returns undefined for a text of which nothing is left, such as spaces.
 */
export async function createTokens(
  file: object,
  { tokens: longest, padding, lowercase, prompt }: Pick<TextTower, 'tokens' | 'padding' | 'lowercase' | 'prompt'>,
): Promise<(text: string) => Tokens | undefined> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(file, {});
  const [before, after] = ends(tokenizer);

  return (text) => {
    // A function: `$&` in what somebody searches for is no pattern.
    const prompted = prompt.replace('{}', () => text);
    const all: number[] = tokenizer.encode(lowercase ? prompted.toLowerCase() : prompted).ids;
    // What is too long loses its last words, and keeps the special tokens at its ends.
    const ids = all.length > longest ? [...all.slice(0, longest - after), ...all.slice(all.length - after)] : all;
    if (ids.length <= before + after) return undefined;
    const mask = ids.map(() => 1);
    while (padding !== undefined && ids.length < longest) {
      ids.push(padding);
      mask.push(0);
    }
    return { ids, mask };
  };
}

/** How many special tokens the tokenizer puts before a text and after it. */
function ends(tokenizer: Tokenizer): [before: number, after: number] {
  const bare: number[] = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole: number[] = tokenizer.encode('a').ids;
  const before = whole.findIndex((_, at) => bare.every((id, i) => whole[at + i] === id));
  return before < 0 ? [0, 0] : [before, whole.length - bare.length - before];
}
