import type { AdminItem, AdminPicture, DuplicatesResponse, ItemsResponse } from '../../../plugin/contracts/admin';
import type { Verdict } from '../../../plugin/contracts/rules';
import type { ToolResult } from './server';

/** Pictures of one group: an assistant pays for every word. */
const MOST_SHOWN = 10;

const pictureOf = ({ id, name, url, alternativeText }: AdminPicture) => ({
  ...{ id, name, url },
  ...(alternativeText && { alternativeText }),
});

const itemOf = ({
  type,
  documentId,
  label,
  source,
  similarity,
  score,
  verdict,
  locale,
  published,
  picture,
  query,
}: AdminItem) => ({
  ...{ type, documentId, title: label, source, similarity, score },
  ...(verdict && { verdict }),
  ...(locale && { locale }),
  ...(published !== undefined && { published }),
  picture: picture && pictureOf(picture),
  matches: query && pictureOf(query),
});

export const itemsResult = ({ items, hasMore, colors, status, waiting }: ItemsResponse) => ({
  items: items.map(itemOf),
  ...{ hasMore, status, waiting },
  ...(colors && { colors }),
});

export const duplicatesResult = (
  { least, groups, total, compared }: DuplicatesResponse,
  judged: Verdict['kind'] | undefined,
) => ({
  ...{ least, total, compared },
  groups: groups.map(({ similarity, verdict, count, pictures }) => ({
    ...{ similarity, verdict, judged: judged ?? null, count },
    pictures: pictures.slice(0, MOST_SHOWN).map(({ bytes, width, height, usageCount, ...picture }) => ({
      ...pictureOf(picture),
      ...{ bytes, usageCount },
      ...(width && height && { width, height }),
    })),
  })),
});

/** For assistants that read results as data, and for those that read them as text. */
export const ok = (structuredContent: object): ToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
  structuredContent,
});
