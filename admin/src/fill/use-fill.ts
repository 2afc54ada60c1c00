import { useNotification } from '@strapi/strapi/admin';
import { useEffect, useRef, useState } from 'react';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import type { FillableType } from './proposal';
import { useRefresh } from './use-refresh';

export interface Addition {
  documentId: string;
  label: string;
  items: AdminItem[];
}

export interface Outcome {
  filled: Addition[];
  /** With the reason. */
  failed: Array<{ addition: Addition; error: Error }>;
  /** Not tried: somebody has stopped it before. */
  left: number;
  /** This is what came of taking it back: `filled` is what is filled all the same. */
  undone?: boolean;
}

interface Fill {
  /** While it runs. */
  progress?: { done: number; total: number };
  outcome?: Outcome;
  start(additions: readonly Addition[]): Promise<void>;
  undo(): Promise<void>;
  /** Before the next entry; what is done stays. */
  stop(): void;
}

const itemsOf = ({ items }: Addition) =>
  items.map(({ documentId, locale }) => ({ documentId, ...(locale && { locale }) }));

/** Saves entries one after another through the content manager's own address: its permissions, checks and history hold. */
export function useFill({ uid, relate }: FillableType, locale: string | undefined): Fill {
  const api = useApi();
  const text = useText();
  const refresh = useRefresh();
  const { toggleNotification } = useNotification();
  const [progress, setProgress] = useState<Fill['progress']>();
  const [outcome, setOutcome] = useState<Outcome>();
  const stopped = useRef(false);
  const closed = useRef(false);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);

  async function run(how: 'connect' | 'disconnect', additions: readonly Addition[]): Promise<Outcome> {
    const result: Outcome = { filled: [], failed: [], left: 0 };
    stopped.current = false;
    for (const [done, addition] of additions.entries()) {
      if (stopped.current || closed.current) {
        result.left = additions.length - done;
        break;
      }
      setProgress({ done, total: additions.length });
      try {
        await api.saveEntry(uid, addition.documentId, locale, { [relate]: { [how]: itemsOf(addition) } });
        result.filled.push(addition);
      } catch (error) {
        result.failed.push({ addition, error: error as Error });
      }
    }
    setProgress(undefined);
    refresh();
    return result;
  }

  return {
    progress,
    outcome,
    async start(additions) {
      const result = await run('connect', additions);
      setOutcome(result);
      // Nobody sees the dialog any more.
      if (closed.current) toggleNotification({ type: 'info', message: text('fill.stopped', summary(result)) });
    },
    async undo() {
      if (!outcome) return;
      const { failed, left } = await run('disconnect', outcome.filled);
      const still = [...failed.map(({ addition }) => addition), ...outcome.filled.slice(outcome.filled.length - left)];
      setOutcome({ filled: still, failed, left, undone: true });
    },
    stop() {
      stopped.current = true;
    },
  };
}

/** For texts. */
export const summary = ({ filled, failed, left }: Outcome) => ({
  entries: filled.length,
  items: filled.reduce((sum, { items }) => sum + items.length, 0),
  failed: failed.length,
  left,
});
