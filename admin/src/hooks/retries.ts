import { isFetchError } from '@strapi/strapi/admin';

/** A server that does not answer is retried at growing intervals, so that the page recovers once it does. */
const RETRY_MS = [2_000, 5_000, 15_000, 30_000];

/** Milliseconds to wait after so many failures in a row, at least one. */
export const retryAfter = (failures: number): number => RETRY_MS[Math.min(failures, RETRY_MS.length) - 1];

/** The server has answered, and would answer the same again. */
export const isRefusal = (error: unknown): boolean => isFetchError(error) && (error.status ?? 500) < 500;
