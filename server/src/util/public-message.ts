import { ERRORS, type ErrorCode, type SimilarError } from '../../../plugin/errors';
import { logOf } from './log';

/** The last one: while something does not run, every search would say so. */
let logged: string | undefined;

/** Whose messages name folders of this machine, or addresses of the upload provider. */
const INTERNAL = new Set<ErrorCode>(['BYTES_MISSING', 'BYTES_UNREADABLE', 'DOWNLOAD_FAILED']);

/**
 * What a client is told. Why something does not run is for the operator: it names folders of the machine, and what processes
 * wrote before they ended.
 */
export function publicMessage({ code, status, message }: SimilarError): string {
  if (status !== 503 && !INTERNAL.has(code)) return message;
  if (logged !== message) logOf(strapi).warn(`${code}: ${message}`, { code });
  logged = message;
  return ERRORS[code].cause;
}
