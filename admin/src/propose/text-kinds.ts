import type { PictureText } from '../../../plugin/contracts/proposals';

/** In the order in which the media library shows them. */
export const TEXT_KINDS: readonly PictureText[] = ['alternativeText', 'caption'];
