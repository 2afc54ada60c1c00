import { getFetchClient } from '@strapi/strapi/admin';
import { useSyncExternalStore } from 'react';
import type { PictureTypeInfo, TypesResponse } from '../../../plugin/contracts/admin';
import { isRefusal, retryAfter } from './retries';

const NO_TYPES: PictureTypeInfo[] = [];

let known: TypesResponse | undefined;
let loading: Promise<void> | undefined;
let failures = 0;
let again: ReturnType<typeof setTimeout>;
const readers = new Set<() => void>();

/** Not with a component's client: it aborts when the component unmounts, and the menu's components come and go. */
function load(): void {
  clearTimeout(again);
  const mine = getFetchClient()
    .get<TypesResponse>('/similar/types')
    .then(
      ({ data }) => {
        if (loading !== mine) return;
        known = data;
        failures = 0;
        for (const read of readers) read();
      },
      (error) => {
        if (loading !== mine) return;
        // They are requested again when they are needed next, or at intervals while they are.
        loading = undefined;
        if (readers.size > 0 && !isRefusal(error)) again = setTimeout(load, retryAfter(++failures));
      },
    );
  loading = mine;
}

function subscribe(read: () => void): () => void {
  readers.add(read);
  if (!loading) load();
  return () => readers.delete(read);
}

/** They have changed. */
export function forgetTypes(): void {
  loading = undefined;
  if (readers.size > 0) load();
}

/** Content types with pictures; none while they are not known, or for someone who may not see similar items. */
export function useTypes(): PictureTypeInfo[] {
  return useSyncExternalStore(subscribe, () => known?.types ?? NO_TYPES);
}

/** Whether those who upload a picture that is there already are told so; undefined while that is not known. */
export function useWantsNotices(): boolean | undefined {
  return useSyncExternalStore(subscribe, () => known?.notices);
}
