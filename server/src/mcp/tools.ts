import type { Core } from '@strapi/strapi';
import type { z } from '@strapi/utils';
import type { z as own } from 'zod';
import type { Similarity } from '../../../plugin/similarity';
import { type AdminAccess, adminAccess } from '../access/admin';
import { readConfig } from '../config';
import type { SentPicture } from '../media/sent-picture';
import type { createDuplicates } from '../services/duplicates';
import type { Explain } from '../services/explain';
import type { createHealth } from '../services/health';
import type { FindSimilar } from '../services/similar';
import {
  duplicatesArguments,
  explainArguments,
  findArguments,
  readDuplicatesArguments,
  readExplainArguments,
  readFindArguments,
  readNoArguments,
  readSearchArguments,
  searchArguments,
  stateArguments,
} from '../validation/tools';
import { withToolErrors } from './errors';
import { duplicatesResult, itemsResult, ok } from './results';
import { duplicatesOutput, explainOutput, itemsOutput, stateOutput, told } from './schemas';
import type { McpServer, Tool, ToolResult } from './server';

/** Asked when a tool is called: the tools are registered before there are services. */
export interface Asked {
  find: () => FindSimilar;
  sent: () => SentPicture;
  duplicates: () => ReturnType<typeof createDuplicates>;
  explain: () => Explain;
  health: () => ReturnType<typeof createHealth>;
  core: () => Similarity;
}

/** The action of the admin's own endpoints. What is found of what may be read is for `adminAccess`, as there. */
const AUTH = { policies: [{ action: 'plugin::similar.read' }] };

/** Lets assistants search as the administrator could to whom their token belongs. Call it before Strapi's server starts. */
export function registerTools(strapi: Core.Strapi, server: McpServer, asked: Asked): void {
  function tool(
    name: string,
    texts: Pick<Tool, 'title' | 'description'>,
    [input, output]: [own.ZodObject, z.ZodObject],
    answer: (args: unknown, access: AdminAccess) => Promise<ToolResult>,
  ): void {
    const inputTold = told(input);
    server.registerTool({
      name,
      title: texts.title,
      description: `${texts.description} Reads only.`,
      auth: AUTH,
      resolveInputSchema: () => inputTold,
      resolveOutputSchema: () => output,
      createHandler:
        (_strapi, { userAbility }) =>
        ({ args }) =>
          withToolErrors(strapi, name, () => answer(args, adminAccess(strapi, { state: { userAbility } }))),
    });
  }

  tool(
    'similar_find',
    {
      title: 'Similar: find look-alikes',
      description: 'Finds pictures or entries that look like a given file or entry, best first.',
    },
    [findArguments, itemsOutput],
    async (args, access) => {
      const { id, params } = readFindArguments(args);
      return ok(itemsResult(await asked.find().itemsForId(id, params, access)));
    },
  );

  tool(
    'similar_search',
    {
      title: 'Similar: search by picture or words',
      description:
        'Finds pictures or entries that look like a picture that you send, show what words say, or both, best first. The picture is not kept.',
    },
    [searchArguments, itemsOutput],
    async (args, access) => {
      const { picture, words, crop, params } = readSearchArguments(args);
      if (picture === undefined) return ok(itemsResult(await asked.find().itemsForWords(words, params, access)));
      const found = await asked
        .sent()
        .ofBase64(picture, (path) => asked.find().itemsForUpload(path, crop, params, access));
      return ok(itemsResult(found));
    },
  );

  tool(
    'similar_duplicates',
    {
      title: 'Similar: list duplicates',
      description: 'Lists groups of nearly equal pictures of the media library, and what editors have said of them.',
    },
    [duplicatesArguments, duplicatesOutput],
    async (args, access) => {
      const query = readDuplicatesArguments(args, readConfig(strapi).thresholds.nearDuplicate);
      return ok(duplicatesResult(await asked.duplicates().find(query, access), query.judged));
    },
  );

  tool(
    'similar_explain',
    {
      title: 'Similar: explain a match',
      description: 'Says why two pictures look alike: which regions and which colours of them match.',
    },
    [explainArguments, explainOutput],
    async (args, access) => {
      const { query, result, overlay } = readExplainArguments(args);
      const found = await asked.explain().picturePair(query, result, access);
      const answer = ok(found.explanation);
      if (!overlay) return answer;
      const data = Buffer.from(found.overlay).toString('base64');
      return { ...answer, content: [...answer.content, { type: 'image', data, mimeType: 'image/png' }] };
    },
  );

  tool(
    'similar_state',
    {
      title: 'Similar: state of the index',
      description: 'Says how many pictures are indexed, wait or have failed, what computes them, and what is wrong.',
    },
    [stateArguments, stateOutput],
    async (args) => {
      readNoArguments(args);
      const [health, { paused, rate, secondsLeft }] = await Promise.all([
        asked.health().get(),
        asked.core().progress(),
      ]);
      const state = { ...health, paused, rate, ...(secondsLeft !== undefined && { secondsLeft }) };
      return ok(state satisfies z.infer<typeof stateOutput>);
    },
  );
}
