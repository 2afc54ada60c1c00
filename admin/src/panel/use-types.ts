import { useEffect, useState } from 'react';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';
import { useApi } from '../lib/use-api';

let known: Promise<PictureTypeInfo[]> | undefined;

/** Content types with pictures; none while they are not known, or for someone who may not see similar items. */
export function useTypes(): PictureTypeInfo[] {
  const api = useApi();
  const [types, setTypes] = useState<PictureTypeInfo[]>([]);
  useEffect(() => {
    let unmounted = false;
    known ??= api.types();
    known.then(
      (list) => !unmounted && setTypes(list),
      () => {
        known = undefined;
      },
    );
    return () => {
      unmounted = true;
    };
  }, [api]);
  return types;
}
