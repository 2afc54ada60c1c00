/**
 * A path in an entry as an editor would say it; places in lists count from 1.
 * @example fieldWords('cards.1.mainPhoto.picture') // 'Cards 2 › Main photo › Picture'
 */
export function fieldWords(path: string): string {
  const words: string[] = [];
  for (const part of path.split('.')) {
    if (/^\d+$/.test(part) && words.length > 0) words[words.length - 1] += ` ${Number(part) + 1}`;
    else words.push(spoken(part));
  }
  return words.join(' › ');
}

function spoken(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
