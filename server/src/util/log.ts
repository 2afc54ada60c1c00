import type { Core } from '@strapi/strapi';
import type { ErrorCode } from '../../../plugin/errors';
import type { Logger } from '../../../plugin/ports';
import { currentRequestId } from './request-id';

export interface LogFields {
  code?: ErrorCode;
  /** Default: of the request on whose behalf this is written. */
  requestId?: string;
}

type Write = (message: string, fields?: LogFields) => void;

export type Log = { [Level in keyof Logger]: Write };

/**
 * The plugin's lines in Strapi's log. For people the line has all of it; formats such as winston's JSON also get the fields, which
 * Strapi's own format leaves out.
 */
export function logOf(strapi: Pick<Core.Strapi, 'log' | 'requestContext'>): Log {
  const at =
    (level: keyof Log): Write =>
    (message, { requestId = currentRequestId(strapi), ...fields } = {}) => {
      const whose = requestId ? ` (request ${requestId})` : '';
      strapi.log[level](`[similar] ${message}${whose}`, {
        plugin: 'similar',
        ...fields,
        ...(requestId && { requestId }),
      });
    };
  return { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
}
