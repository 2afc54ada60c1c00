import { useAuth } from '@strapi/strapi/admin';
import { useEffect, useRef, useState } from 'react';

interface Permission {
  action: string;
  subject: null;
}

/** By the last part of an action: `plugin::similar.judge` → `canJudge`. */
type Allowed = Partial<Record<`can${string}`, boolean>>;

const nameOf = (action: string): `can${string}` => {
  const last = action.slice(action.lastIndexOf('.') + 1);
  return `can${last[0].toUpperCase()}${last.slice(1)}`;
};

/**
 * Which of these actions the administrator may do: none of them, until that is known. Strapi's own hook asks once, when the component
 * appears: where the administrator's permissions arrive later than that, it goes on saying that nothing is allowed.
 * @param permissions the same array each time
 */
export function useAllowed(permissions: Permission[]): Allowed & { isLoading: boolean } {
  const isLoadingAuth = useAuth('useAllowed', (auth) => auth.isLoading);
  const own = useAuth('useAllowed', (auth) => auth.permissions);
  const check = useAuth('useAllowed', (auth) => auth.checkUserHasPermissions);
  // Another one for each address, with the same answer.
  const latest = useRef(check);
  latest.current = check;
  const [allowed, setAllowed] = useState<Allowed>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is checked are the administrator's own permissions
  useEffect(() => {
    if (isLoadingAuth) return;
    let isOver = false;
    latest
      .current(permissions)
      .catch(() => [])
      .then((found) => {
        if (!isOver) setAllowed(Object.fromEntries(found.map(({ action }) => [nameOf(action), true])));
      });
    return () => {
      isOver = true;
    };
  }, [isLoadingAuth, own, permissions]);

  return { ...allowed, isLoading: allowed === undefined };
}
