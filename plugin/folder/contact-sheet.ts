import { dirname, relative, resolve, sep } from 'node:path';
import { styles } from './contact-sheet-styles';
import type { FolderMatch } from './library';
import { createThumbnails, type DrawReply } from './thumbnails';

export interface ContactSheet {
  query: string;
  matches: readonly FolderMatch[];
  model: string;
  /** Pictures that were searched. */
  size: number;
}

/**
 * One HTML page without outside files: the query, its neighbours with their similarity, and the query's three colour channels.
 * @param out Path the page will have: its links to the originals are relative to it.
 */
export async function renderContactSheet(sheet: ContactSheet, out: string): Promise<string> {
  const thumbnails = createThumbnails();
  try {
    const query = await thumbnails.draw({ path: sheet.query, channels: false });
    const channels = await thumbnails.draw({ path: sheet.query, channels: true });
    const neighbours: DrawReply[] = [];
    for (const { path } of sheet.matches) neighbours.push(await thumbnails.draw({ path, channels: false }));
    return page(sheet, out, query, channels, neighbours);
  } finally {
    thumbnails.close();
  }
}

const CHANNELS = ['Red', 'Green', 'Blue'] as const;

function page(
  sheet: ContactSheet,
  out: string,
  query: DrawReply,
  channels: DrawReply,
  neighbours: DrawReply[],
): string {
  const name = escapeHtml(fileName(sheet.query));
  const nearest = sheet.matches.map(({ path, similarity }, i) => {
    const caption = `<b>${similarity.toFixed(3)}</b> <span>${escapeHtml(fileName(path))}</span>`;
    return figure(neighbours[i].images[0], caption, path, out, similarity);
  });
  const colours = CHANNELS.map((channel, i) => {
    const mean = channels.means ? `mean ${Math.round(channels.means[i])} of 255` : '';
    return figure(channels.images[i], `<b>${channel}</b> <span>${mean}</span>`);
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Similar to ${name}</title>
<style>${styles}</style>
<main>
<header>
${figure(query.images[0], `<b>Query</b> <span>${name}</span>`, sheet.query, out)}
<div>
<h1>What looks like <em>${name}</em></h1>
<p>The ${sheet.matches.length} nearest of ${sheet.size} pictures, by the cosine of their ${escapeHtml(sheet.model)} embeddings.
1 is the same picture to the model; the bars show how near each one comes.</p>
</div>
</header>
<section class="grid" aria-label="Nearest pictures">
${nearest.join('\n')}
</section>
<h2>What the model is given</h2>
<p>A colour picture is three grids of numbers from 0 to 255, one each for red, green and blue. Each grid of the query is shown
here in its own colour: the brighter a spot, the larger its number.</p>
<section class="grid channels" aria-label="Colour channels of the query">
${colours.join('\n')}
</section>
</main>
</html>
`;
}

export function figure(
  image: string | undefined,
  caption: string,
  path?: string,
  out?: string,
  similarity?: number,
): string {
  const alt = path ? escapeHtml(fileName(path)) : '';
  const picture = image ? `<img src="${image}" alt="${alt}">` : '<div class="none">no preview</div>';
  const linked = path && out ? `<a href="${escapeHtml(linkTo(path, out))}">${picture}</a>` : picture;
  const share = Math.max(0, Math.min(1, similarity ?? 0)) * 100;
  const bar = similarity === undefined ? '' : `<div class="bar"><i style="width:${share.toFixed(1)}%"></i></div>`;
  return `<figure${path ? ` title="${escapeHtml(path)}"` : ''}>${linked}${bar}<figcaption>${caption}</figcaption></figure>`;
}

/** A relative link, so that the page still works after the folder that holds it and the pictures has moved. */
function linkTo(path: string, out: string): string {
  const steps = relative(dirname(resolve(out)), resolve(path)).split(sep);
  return ['.', ...steps.map(encodeURIComponent)].join('/');
}

export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(sep)) + 1);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
