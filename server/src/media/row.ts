import type { FileId } from '../../../plugin/ports';

/** What is read of a file of the media library. */
export const COLUMNS = [
  ...['id', 'url', 'mime', 'size', 'provider', 'updatedAt', 'hash', 'ext', 'provider_metadata', 'name'],
  ...['width', 'height', 'formats'],
];

export interface FileRow {
  id: FileId;
  url: string;
  mime: string | null;
  /** In kB, with two decimals. Rows that somebody imported may have none. */
  size: number | null;
  provider: string;
  updatedAt: string | Date;
  hash?: string | null;
  ext?: string | null;
  width?: number | null;
  height?: number | null;
  formats?: Record<string, Format | null> | null;
}

/** A smaller copy that Strapi has made. */
export interface Format {
  url?: string;
  width?: number;
  height?: number;
  sizeInBytes?: number;
  /** In kB. */
  size?: number;
}

/** A row's size is rounded: by so much at the most, and some providers count otherwise. */
export const ROUNDED_BYTES = 10;

/** Most bytes that the row says the file has; undefined when it says nothing. A kB has 1,000 bytes here, and is rounded. */
export const expectedBytes = ({ size }: Pick<FileRow, 'size'>): number | undefined =>
  Number(size) > 0 ? Math.ceil(Number(size) * 1000) + ROUNDED_BYTES : undefined;
