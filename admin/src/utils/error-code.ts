import { isFetchError } from '@strapi/strapi/admin';

/** The name of docs/errors.md that the server gives to what went wrong. */
export function codeOf(error: unknown): string | undefined {
  if (!isFetchError(error)) return undefined;
  return (error.response?.data?.error?.details as { code?: string } | undefined)?.code;
}
