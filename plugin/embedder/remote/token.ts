import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token may be: long enough that nobody guesses it, in characters that a header can carry. */
export const TOKEN = /^[\x21-\x7e]{16,1024}$/;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Takes as long for every wrong token: the time says nothing about the right one. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}
