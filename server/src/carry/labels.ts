import type { CarryReport, Told, ToldItem } from '../../../plugin/contracts/carry';
import type { AdminAccess } from '../access/admin';
import type { Titles } from '../search/titles';

const itemsOf = (told: Told): ToldItem[] => {
  if (told.kind === 'setting') return [];
  if ('pictures' in told) return told.pictures;
  return told.on ? [told.item, told.on] : [told.item];
};

/** Entries of a report get the titles that the administrator sees: nobody knows them by their documentIds. */
export async function labelEntries(
  report: CarryReport,
  titles: Pick<Titles, 'of'>,
  access: AdminAccess,
): Promise<CarryReport> {
  const outcomes = Object.values(report);
  const items = outcomes.flatMap(({ added, changed, removed, skipped }) => [
    ...[...added, ...changed, ...removed, ...skipped.map(({ what }) => what)].flatMap(itemsOf),
    ...skipped.flatMap(({ item }) => item ?? []),
  ]);
  const byType = new Map<string, ToldItem[]>();
  for (const item of items) {
    if (!item.type || !item.documentId) continue;
    if (byType.get(item.type)?.push(item) === undefined) byType.set(item.type, [item]);
  }
  for (const [uid, some] of byType) {
    const ids = new Set(some.flatMap(({ documentId }) => documentId ?? []));
    const known = await titles.of(uid, [...ids], access);
    for (const item of some) item.label = known.get(item.documentId as string);
  }
  return report;
}
