import { useEffect, useState } from 'react';
import { useApi } from '../hooks/use-api';
import { type Candidates, type FillableType, MOST, type SelectedEntry } from './proposal';

/** The browser opens six connections to a server; the others stay free. */
const AT_ONCE = 3;

/** By documentId; an entry that is not there yet is being asked about. */
export type Known = ReadonlyMap<string, Candidates | Error>;

/** What could be added to each of these entries. */
export function useCandidates(
  type: FillableType,
  entries: readonly SelectedEntry[],
  locale: string | undefined,
): Known {
  const api = useApi();
  const [known, setKnown] = useState<Known>(new Map());

  // biome-ignore lint/correctness/useExhaustiveDependencies: the dialog is about the same entries while it is open
  useEffect(() => {
    const abort = new AbortController();
    const waiting = [...entries];

    async function ask({ documentId }: SelectedEntry): Promise<Candidates> {
      const [related, { items, status, levels }] = await Promise.all([
        api.related(type.uid, documentId, type.relate, locale, abort.signal),
        api.items({ type: type.uid, documentId, locale, limit: MOST }, abort.signal),
      ]);
      return { related, status, levels, similar: items.filter((item) => !related.includes(item.documentId)) };
    }

    async function work(): Promise<void> {
      for (let entry = waiting.shift(); entry && !abort.signal.aborted; entry = waiting.shift()) {
        const { documentId } = entry;
        const found = await ask(entry).catch((error: Error) => error);
        if (!abort.signal.aborted) setKnown((before) => new Map(before).set(documentId, found));
      }
    }

    for (let worker = 0; worker < AT_ONCE; worker++) work();
    return () => abort.abort();
  }, [api]);

  return known;
}
