import { z } from 'zod';
import { comparisonRequest, type Vote, voteRequest } from '../../../plugin/contracts/comparison';
import { MOST } from './admin';
import { readBody } from './bodies';
import { integer, MAX_ID } from './zod-query';

const picturesQuery = z.strictObject({ page: integer(1, MOST.page), pageSize: integer(1, 100) });
const pictureParams = z.object({ id: integer(1, MAX_ID) });

export const readComparisonRequest = (body: unknown): { model: string; size: number } =>
  readBody(comparisonRequest, body);

export function readComparedPicturesQuery(query: unknown): { page: number; pageSize: number } {
  const { page = 1, pageSize = 24 } = readBody(picturesQuery, query);
  return { page, pageSize };
}

export const readPictureId = (params: unknown): number => readBody(pictureParams, params).id as number;

export const readVote = (body: unknown): Vote | null => readBody(voteRequest, body).vote;
