import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useTypes } from '../hooks/use-types';

/** What the content manager calls an entry; undefined while that is not known, or may not be read. */
export function useEntryTitle(uid: string, documentId: string | undefined, locale: string | undefined) {
  const api = useApi();
  const mainField = useTypes().find((type) => type.uid === uid)?.mainField;
  const key = documentId && mainField && [uid, documentId, locale].join(' ');
  const { data } = useRemote(key || undefined, async (signal) => {
    const entry = await api.entry(uid, documentId as string, locale, signal);
    return { key, title: String(entry[mainField as string] ?? documentId) };
  });
  return data?.key === key ? data?.title : undefined;
}
