import type { MediaSource, PictureSource } from '../ports';

/** The library as a space reads it: all that is opened for it is the same file of a picture. */
export function mediaFrom(media: MediaSource, from: PictureSource | undefined): MediaSource {
  if (!from) return media;
  return {
    list: (...args) => media.list(...args),
    listed: (...args) => media.listed(...args),
    here: media.here?.bind(media),
    open: (id, options) => media.open(id, { ...options, from }),
  };
}
