import { escapeHtml, figure, fileName } from './contact-sheet';
import { styles } from './contact-sheet-styles';
import type { FolderMatch } from './library';
import { createThumbnails } from './thumbnails';

export interface Compared {
  query: string;
  /** What each model finds, in the order of `models`. */
  matches: ReadonlyArray<readonly FolderMatch[]>;
}

export interface ComparisonSheet {
  models: readonly string[];
  /** Pictures that were searched. */
  size: number;
  queries: readonly Compared[];
}

/**
 * One HTML page without outside files: what several models find for the same pictures, one under the other.
 * @param out Path the page will have: its links to the originals are relative to it.
 */
export async function renderComparisonSheet({ models, size, queries }: ComparisonSheet, out: string): Promise<string> {
  const thumbnails = createThumbnails();
  const drawn = new Map<string, string | undefined>();
  async function imageOf(path: string): Promise<string | undefined> {
    if (!drawn.has(path)) drawn.set(path, (await thumbnails.draw({ path, channels: false })).images[0]);
    return drawn.get(path);
  }
  try {
    const sections: string[] = [];
    for (const { query, matches } of queries) {
      const rows: string[] = [];
      for (const [i, found] of matches.entries()) {
        const figures: string[] = [];
        for (const { path, similarity } of found) {
          const caption = `<b>${similarity.toFixed(3)}</b> <span>${escapeHtml(fileName(path))}</span>`;
          figures.push(figure(await imageOf(path), caption, path, out, similarity));
        }
        rows.push(`<h3>${escapeHtml(models[i])}</h3>\n<section class="row">\n${figures.join('\n')}\n</section>`);
      }
      const asked = figure(
        await imageOf(query),
        `<b>Query</b> <span>${escapeHtml(fileName(query))}</span>`,
        query,
        out,
      );
      sections.push(`<article>\n${asked}\n<div>\n${rows.join('\n')}\n</div>\n</article>`);
    }
    return page(models, size, sections);
  } finally {
    thumbnails.close();
  }
}

function page(models: readonly string[], size: number, sections: readonly string[]): string {
  const names = models.map((model) => `<em>${escapeHtml(model)}</em>`).join(' and ');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(models.join(' and '))}</title>
<style>${styles}
main { max-width: 1400px; }
article { display: grid; grid-template-columns: minmax(120px, 200px) 1fr; gap: 24px; align-items: start; margin: 0 0 40px; }
h3 { font-size: 14px; margin: 0 0 6px; color: var(--soft); }
.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(110px, 1fr)); gap: 10px; margin: 0 0 16px; }
@media (max-width: 560px) { article { grid-template-columns: 1fr; } }
</style>
<main>
<h1>What ${names} find alike</h1>
<p>The nearest of ${size} pictures, by the cosine of each model’s vectors. Similarities of two models cannot be compared with each
other: look at which pictures come first.</p>
${sections.join('\n')}
</main>
</html>
`;
}
