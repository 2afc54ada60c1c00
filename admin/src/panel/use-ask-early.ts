import { useEffect } from 'react';
import { useMatch } from 'react-router-dom';
import { useLocale } from '../hooks/use-locale';
import { useTypes } from '../hooks/use-types';
import { askEarly } from './early-answer';
import { questionOf } from './question';

/** Queries what looks like an entry as soon as the URL says that it is being opened. */
export function useAskEarly(): void {
  const { uid, documentId } = useMatch('/content-manager/collection-types/:uid/:documentId')?.params ?? {};
  const locale = useLocale();
  const type = useTypes().find((known) => known.uid === uid);
  const isStored = documentId !== 'create';

  useEffect(() => askEarly(type && isStored ? questionOf(type, documentId, locale) : undefined));
}
