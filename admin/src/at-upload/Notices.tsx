import { Box, Flex, Link, TextButton, Typography } from '@strapi/design-system';
import { type SyntheticEvent, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Link as RouterLink } from 'react-router-dom';
import styled from 'styled-components';
import { useText } from '../hooks/use-text';
import { NoticeCard } from './NoticeCard';
import { DUPLICATES } from './places';
import { closeNotices, type OpenNotice } from './upload-notices';
import { useKeptFocus } from './use-kept-focus';

/** Whoever uploads a whole folder of copies is better served by the page of duplicates. */
const SHOWN = 3;

/**
 * Below dialogs: the one from which somebody uploads is closed first. It stays until it is closed, so nothing is missed. At the left, beside
 * Strapi's menu: at the right is Strapi's progress of an upload, and the buttons that save an entry.
 */
const Corner = styled.section`
  position: fixed;
  inset: auto auto 24px 88px;
  z-index: ${({ theme }) => theme.zIndices.overlay - 1};
  width: min(440px, calc(100vw - 112px));
  max-height: calc(100vh - 48px);
  overflow-y: auto;
`;

/**
 * React hands events on to the menu link, whose icon shows this, wherever it is on the page: a click would open the link, and the
 * focus its tooltip. A native focus or move cannot be prevented; what is prevented is what the link makes of it.
 */
const NOT_OF_THE_LINK = {
  onClick: (event: SyntheticEvent) => event.stopPropagation(),
  onFocus: (event: SyntheticEvent) => event.preventDefault(),
  onPointerMove: (event: SyntheticEvent) => event.preventDefault(),
};

/** In the corner of the page: what was uploaded although the library has it, until it is closed. */
export default function Notices({ notices }: { notices: readonly OpenNotice[] }) {
  const text = useText();
  const box = useRef<HTMLElement>(null);
  useKeptFocus(box);
  const shown = notices.slice(0, SHOWN);
  const more = notices.length - shown.length;

  /** The next one gets the focus, or the page if that was the last. */
  function close(closed: readonly OpenNotice[]): void {
    const next = notices.find((notice) => !closed.includes(notice));
    const place = next && document.getElementById(idOf(next));
    closeNotices(closed);
    focusOn(place ?? document.querySelector('main'));
  }

  return createPortal(
    <Corner ref={box} aria-label={text('notice.title')} {...NOT_OF_THE_LINK}>
      <Flex direction="column" alignItems="stretch" gap={2}>
        <Flex direction="column" alignItems="stretch" gap={2} tag="ul">
          {shown.map((notice) => (
            <NoticeCard key={notice.uploaded.id} id={idOf(notice)} notice={notice} onClose={() => close([notice])} />
          ))}
        </Flex>
        {more > 0 && (
          <Box background="neutral0" borderColor="neutral200" hasRadius shadow="popupShadow" padding={3}>
            <Flex justifyContent="space-between" gap={4} wrap="wrap">
              <Typography variant="pi">{text('notice.more', { count: more })}</Typography>
              <Flex gap={4}>
                <Link tag={RouterLink} to={DUPLICATES}>
                  {text('notice.duplicates')}
                </Link>
                <TextButton onClick={() => close(notices)}>{text('notice.closeAll')}</TextButton>
              </Flex>
            </Flex>
          </Box>
        )}
      </Flex>
    </Corner>,
    document.body,
  );
}

const idOf = ({ uploaded }: OpenNotice) => `similar-notice-${uploaded.id}`;

function focusOn(place: HTMLElement | null): void {
  if (!place) return;
  if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
