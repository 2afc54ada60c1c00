import { BOM, csvLine } from '../util/csv';
import type { GroupedPicture } from './duplicates';

const HEAD = ['group', 'verdict', 'id', 'name', 'url', 'width', 'height', 'bytes', 'usages'];

/** Groups of duplicates as a spreadsheet reads them, one picture a line. */
export async function* duplicatesCsv(parts: AsyncIterable<GroupedPicture[]>): AsyncGenerator<string> {
  yield BOM + csvLine(HEAD);
  for await (const part of parts) {
    yield part
      .map(({ group, verdict, picture: { id, name, url, width, height, bytes, usageCount } }) =>
        csvLine([group, verdict, id, name, url, width, height, bytes, usageCount]),
      )
      .join('');
  }
}
