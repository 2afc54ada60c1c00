import { useNotification } from '@strapi/strapi/admin';
import { useState } from 'react';
import { keepFocus } from '../utils/keep-focus';
import { type TextId, useText } from './use-text';

/** Runs something that changes the server's state: once at a time, and says how it ended. */
export function useAction(): { busy: boolean; act(what: () => Promise<unknown>, done?: TextId): Promise<void> } {
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
        await what();
        if (done) toggleNotification({ type: 'success', message: text(done) });
      } catch (error) {
        toggleNotification({ type: 'danger', message: (error as Error).message });
      } finally {
        setBusy(false);
      }
    },
  };
}
