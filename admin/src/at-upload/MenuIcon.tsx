import { SquaresFour } from '@strapi/icons';
import { useNotification } from '@strapi/strapi/admin';
import { type ComponentProps, useEffect } from 'react';
import { useHref } from 'react-router-dom';
import { useText } from '../hooks/use-text';
import { useAskEarly } from '../panel/use-ask-early';
import { speakThrough } from './upload-notices';

/** Long enough to read two names and to click. */
const SHOWN_MS = 15_000;

const NOTICES = { identical: 'notice.identical', 'same-photo': 'notice.samePhoto', similar: 'notice.alike' } as const;

/**
 * The icon of the menu link: of all that Strapi lets a plugin add, what is there on every page for those who may see similar
 * items. So it is also what tells them that a picture they have uploaded was there already, and what sees first that they open an entry.
 */
export function MenuIcon(props: ComponentProps<typeof SquaresFour>) {
  const { toggleNotification } = useNotification();
  const text = useText();
  const page = useHref('/plugins/similar');

  useAskEarly();
  useEffect(() => {
    speakThrough({
      say: ({ uploaded, existing, verdict, similarity }) =>
        toggleNotification({
          type: 'warning',
          timeout: SHOWN_MS,
          message: text(NOTICES[verdict], {
            uploaded: uploaded.name,
            existing: existing.name,
            similarity,
          }),
          link: {
            label: text('notice.open', { existing: existing.name }),
            url: `${page}?explore.picture=${existing.id}`,
          },
        }),
    });
  });

  return <SquaresFour {...props} />;
}
