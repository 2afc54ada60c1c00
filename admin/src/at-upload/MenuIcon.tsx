import { SquaresFour } from '@strapi/icons';
import { useAuth } from '@strapi/strapi/admin';
import { type ComponentProps, lazy, Suspense, useEffect } from 'react';
import { useText } from '../hooks/use-text';
import { useWantsNotices } from '../hooks/use-types';
import { useAskEarly } from '../panel/use-ask-early';
import { prepareToSay, sayAloud } from './live-region';
import { listenTo, useOpenNotices } from './upload-notices';
import { useOnlyOne } from './use-only-one';
import { NOTICE_TEXTS } from './words';

/** Few uploads are copies: no page loads this before there is something to show. */
const Notices = lazy(() => import('./Notices'));

/**
 * The icon of the menu link: of all that Strapi lets a plugin add, what is there on every page for those who may see similar
 * items. So it is also what tells them that a picture they have uploaded was there already (Strapi's own notifications are one line of text,
 * and its slot for components that are always there is for itself), and what sees first that they open an entry.
 */
export function MenuIcon(props: ComponentProps<typeof SquaresFour>) {
  const text = useText();
  const who = useAuth('MenuIcon', ({ user }) => user?.id);
  const wanted = useWantsNotices();
  const notices = useOpenNotices();
  const isOne = useOnlyOne();

  useAskEarly();
  useEffect(() => {
    prepareToSay();
    listenTo({
      ...{ who, wanted },
      say: ({ uploaded, existing, verdict }) =>
        sayAloud(text(NOTICE_TEXTS[verdict], { uploaded: uploaded.name, existing: existing.name })),
    });
  });

  return (
    <>
      <SquaresFour {...props} />
      {isOne && notices.length > 0 && (
        <Suspense fallback={null}>
          <Notices notices={notices} />
        </Suspense>
      )}
    </>
  );
}
