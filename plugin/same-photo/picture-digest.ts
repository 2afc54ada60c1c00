/** Of 64 hexadecimal digits: two such parts take no more room than one whole SHA-256, and still no two files share one. */
const PART = 31;

/**
 * Names the bytes of a smaller copy and those of the picture it stands for: either may change while the other stays.
 * @param original SHA-256 of the picture; undefined: nobody has read it.
 */
export const digestOfCopy = (copy: string, original: string | undefined): string =>
  `${original?.slice(0, PART) ?? ''}/${copy.slice(0, PART)}`;

/** What two files have in common if their bytes are the same, and only then; undefined: nobody knows. */
export function originalOf(digest: string | undefined): string | undefined {
  return digest?.split('/', 1)[0].slice(0, PART) || undefined;
}
