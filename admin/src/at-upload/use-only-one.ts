import { useLayoutEffect, useState } from 'react';

const all: Array<(isOne: boolean) => void> = [];

/** True in one of the components that are there at the same time: Strapi has its menu twice on a small screen. */
export function useOnlyOne(): boolean {
  const [isOne, setIsOne] = useState(false);
  useLayoutEffect(() => {
    all.push(setIsOne);
    all[0](true);
    return () => {
      all.splice(all.indexOf(setIsOne), 1);
      all[0]?.(true);
    };
  }, []);
  return isOne;
}
