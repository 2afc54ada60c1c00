/** Of what is shown, how much is its end: the number and the ending of a file's name are there. */
const END = 0.6;

/**
 * What is left out in the middle of a text, so that it fits.
 * @param fits whether this text has room.
 * @returns where it begins and where it ends; undefined where all has room.
 * @example middleCut('brown-camembert-3.jpg', (text) => text.length <= 13) // [4, 13]: brow…bert-3.jpg
 */
export function middleCut(text: string, fits: (shown: string) => boolean): [from: number, to: number] | undefined {
  if (fits(text)) return undefined;
  // No character is cut in two.
  const ends = [0];
  for (const character of text) ends.push(ends[ends.length - 1] + character.length);
  const cutTo = (shown: number): [number, number] => {
    const end = Math.ceil(shown * END);
    return [ends[shown - end], ends[ends.length - 1 - end]];
  };
  let [least, most] = [0, ends.length - 2];
  while (least < most) {
    const shown = Math.ceil((least + most) / 2);
    const [from, to] = cutTo(shown);
    if (fits(`${text.slice(0, from)}…${text.slice(to)}`)) least = shown;
    else most = shown - 1;
  }
  return cutTo(least);
}
