import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import { logOf } from '../util/log';
import { isAnswer, publicError } from '../util/public-error';
import type { ToolResult } from './server';

function shown(strapi: Core.Strapi, tool: string, error: unknown): object {
  if (error instanceof SimilarError && error.status !== undefined) return publicError(error, error.status);
  if (isAnswer(error)) return { name: error.name, message: error.message };
  const code = error instanceof SimilarError ? error.code : undefined;
  logOf(strapi).error(`${tool} failed: ${error instanceof Error ? error.message : String(error)}`, { code });
  return { name: 'InternalServerError', message: 'Internal Server Error' };
}

/** What `work` gives, or an error that an assistant may see: Strapi's server sends the messages of those that are thrown, whatever they say. */
export async function withToolErrors(
  strapi: Core.Strapi,
  tool: string,
  work: () => Promise<ToolResult>,
): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    const text = JSON.stringify({ error: shown(strapi, tool, error) });
    return { content: [{ type: 'text', text }], isError: true };
  }
}
