import { useNotification } from '@strapi/strapi/admin';
import { useState } from 'react';
import { keepFocus } from '../utils/keep-focus';
import { type TextId, useText } from './use-text';

export interface Action {
  busy: boolean;
  /** @param done what is said then: a text, or what the outcome makes of it. */
  act<T>(what: () => Promise<T>, done?: TextId | ((outcome: T) => string)): Promise<void>;
}

/** Runs something that changes the server's state: once at a time, and says how it ended. */
export function useAction(): Action {
  const { toggleNotification } = useNotification();
  const text = useText();
  const [busy, setBusy] = useState(false);
  return {
    busy,
    async act(what, done) {
      if (busy) return;
      setBusy(true);
      keepFocus(document.activeElement);
      try {
        const outcome = await what();
        const message = typeof done === 'function' ? done(outcome) : done && text(done);
        if (message) toggleNotification({ type: 'success', message });
      } catch (error) {
        toggleNotification({ type: 'danger', message: (error as Error).message });
      } finally {
        setBusy(false);
      }
    },
  };
}
