import type { Core } from '@strapi/strapi';
import type { LikenessLevels } from '../../plugin/contracts/admin';
import type { PictureColours } from '../../plugin/search/picture-colours';
import type { Similarity } from '../../plugin/similarity';
import { clockOf } from '../../plugin/store/clock';
import { createKnexContents } from '../../plugin/store/contents';
import { createKnexDecisions } from '../../plugin/store/decisions';
import { createKnexRuleRows } from '../../plugin/store/rule-rows';
import { createKnexVerdicts } from '../../plugin/store/verdicts';
import { everythingPublished } from './access/content-api';
import { createCarrying } from './carry/carrying';
import { createNames } from './carry/names';
import { readConfig } from './config';
import { createMediaSource } from './media/media-source';
import { createSentPicture } from './media/sent-picture';
import { createApply } from './merge/apply';
import { createJournal } from './merge/journal';
import { createMergeLooks } from './merge/looking';
import { createMerging } from './merge/merging';
import { createPlans } from './merge/plan';
import { createPlanner } from './merge/planner';
import { createSeesMerge } from './merge/sees-merge';
import { createWhereUsed } from './merge/where-used';
import { loadPromClient } from './metrics/prom-client';
import { createProposals } from './propose/proposals';
import { createAdminFiles } from './search/admin-files';
import { createAdminItems } from './search/admin-items';
import { createCandidates } from './search/candidates';
import { createContentTypes } from './search/content-types';
import { createDefaultLocale } from './search/default-locale';
import { createDistinct } from './search/distinct';
import { createDuplicateGroups } from './search/duplicate-groups';
import { createEntryPictures } from './search/entry-pictures';
import { createFallback } from './search/fallback';
import { createGroupScope } from './search/group-scope';
import { createOwnValues } from './search/own-values';
import { createPictureRefs } from './search/picture-refs';
import { createPictureRelations } from './search/picture-relations';
import { createQueries } from './search/query';
import { createQueryItems } from './search/query-item';
import { createResultRules } from './search/result-rules';
import { createResults } from './search/results';
import { createSerializer } from './search/serialize';
import { createTitles } from './search/titles';
import { createVerdictLookup } from './search/verdicts';
import { createComparisons } from './services/comparison';
import { createDecisions } from './services/decisions';
import { createDuplicates } from './services/duplicates';
import { createExplain } from './services/explain';
import { createExport } from './services/export';
import { createFailed } from './services/failed';
import { createHealth } from './services/health';
import { createIndexing } from './services/indexing';
import { createJudgements } from './services/judgements';
import { createJudging } from './services/judging';
import { createMapGroups } from './services/map-groups';
import { createMetrics } from './services/metrics';
import { createNotices } from './services/notices';
import { createRules } from './services/rules';
import { createSettings } from './services/settings';
import { createFindSimilar } from './services/similar';
import { createThresholdPreview } from './services/threshold-preview';
import { createSlots } from './util/slots';
import { createAffected } from './webhook/affected';
import { createChanges } from './webhook/changed';
import { createTelling } from './webhook/telling';
import { createTopResults } from './webhook/tops';
import { createWebhook } from './webhook/webhook';

/** All parts of the server, each made once and given what it needs. */
function compose(strapi: Core.Strapi) {
  const contentTypes = createContentTypes({ strapi });
  const defaultLocale = createDefaultLocale({ strapi });
  const pictureRefs = createPictureRefs({ strapi });
  const adminFiles = createAdminFiles({ strapi, pictureRefs });
  const relations = createPictureRelations({ strapi });
  const titles = createTitles({ strapi, defaultLocale, relations });
  const entryPictures = createEntryPictures({ strapi, defaultLocale, relations });

  // Two arrows lead on from here to parts that are made below: what was removed, and what was decided, is noted for the webhook.
  const indexing = createIndexing({
    strapi,
    media: createMediaSource({ strapi }),
    onRemoved(fileIds) {
      queries.forget();
      changed.noteRemoved(fileIds);
    },
  });
  const core = (): Similarity => indexing.core();
  const rules = createRules({ strapi, note: (changes) => changed.note(changes) });

  const slots = createSlots(() => readConfig(strapi).search.concurrency);
  const queryItems = createQueryItems({ strapi, contentTypes, entryPictures });
  const queries = createQueries({
    core,
    contentTypes,
    adminFiles,
    queryItems,
    maxSentPixels: () => readConfig(strapi).search.maxPixels,
    slots,
  });
  const candidates = createCandidates({ strapi, entryPictures, relations });
  const ownValues = createOwnValues({ strapi });
  const results = createResults({
    strapi,
    candidates,
    fallback: createFallback({ strapi, ownValues }),
    rules,
    resultRules: createResultRules({ strapi, ownValues }),
    distinct: createDistinct({ strapi, ownValues, candidates }),
    colours: (): PictureColours => core().colours,
  });
  const serializer = createSerializer({ strapi, defaultLocale, pictureRefs });
  const adminItems = createAdminItems({ strapi, adminFiles, contentTypes });
  const { now } = clockOf(strapi.db.connection);
  const journal = createJournal({ records: indexing.records, now });
  const verdicts = createVerdictLookup({ strapi });
  const duplicateGroups = createDuplicateGroups({ core, adminFiles, verdicts, leaving: journal.leaving });

  const groupScope = createGroupScope({ strapi, titles });
  const planner = createPlanner({ strapi, whereUsed: createWhereUsed({ strapi, relations }) });
  const plans = createPlans({ core, strapi, planner, adminFiles, titles, duplicateGroups });
  const sees = createSeesMerge({ strapi, adminFiles });
  const merging = createMerging({
    strapi,
    plans,
    planner,
    journal,
    adminFiles,
    sees,
    apply: createApply({ strapi }),
    now,
  });

  const access = everythingPublished();
  const topResults = createTopResults({ strapi, access, contentTypes, queries, results });
  const webhook = createWebhook({ strapi, contentTypes });
  const changed = createChanges({
    strapi,
    core,
    webhook,
    affected: createAffected({ strapi, core, contentTypes, entryPictures, access }),
    telling: createTelling({ strapi, webhook }),
    topResults,
  });

  const judging = createJudging({ strapi, contentTypes, queries, titles, rules });
  const stored = createKnexDecisions(strapi.db.connection);
  const said = createKnexVerdicts(strapi.db.connection);
  const judgements = createJudgements({
    strapi,
    contentTypes,
    entryPictures,
    rules,
    verdicts: said,
    decisions: stored,
  });
  const settings = createSettings({ strapi, records: indexing.records, entryPictures });
  function levels(): LikenessLevels {
    const { similar, nearDuplicate } = readConfig(strapi).thresholds;
    return { alike: similar, veryAlike: nearDuplicate };
  }

  const duplicates = createDuplicates({ core, levels, adminFiles, titles, duplicateGroups, groupScope, verdicts });

  const similar = createFindSimilar({
    ...{ core, levels, queries, results, serializer, adminItems, adminFiles, titles, rules },
  });

  return {
    search: { relations, pictureRefs, adminFiles, contentTypes, defaultLocale, entryPictures, adminItems },
    services: {
      similar,
      indexing,
      comparison: createComparisons({ core, adminFiles, judgements }),
      decisions: createDecisions({
        ...{ strapi, contentTypes, titles, judging },
        stored,
      }),
      duplicates,
      explain: createExplain({ core, adminFiles, queryItems, slots }),
      rules,
      export: createExport({ topResults, searchable: indexing.searchable }),
      carrying: createCarrying({
        ...{ rules, settings, titles },
        names: createNames({ strapi, contents: createKnexContents(strapi.db.connection) }),
        rows: createKnexRuleRows(strapi.db.connection),
      }),
      changed,
      failed: createFailed({ adminFiles, failed: indexing.failed, failures: indexing.failures }),
      health: createHealth({ core }),
      judging,
      'map-groups': createMapGroups({
        ...{ strapi, core, adminFiles, titles, duplicates },
        least: () => readConfig(strapi).thresholds.nearDuplicate,
      }),
      'merge-looks': createMergeLooks({ strapi, merging }),
      merging,
      // The project's own first: its version is the one it wants.
      metrics: createMetrics({ core, load: () => loadPromClient([strapi.dirs.app.root, __dirname]) }),
      notices: createNotices({ strapi, core, adminFiles, titles, wanted: () => readConfig(strapi).uploads.notices }),
      proposals: createProposals({
        ...{ strapi, contentTypes, ownValues, relations, adminFiles, levels },
        find: similar,
        knowsWords: () => core().search.knowsWords,
      }),
      'sent-picture': createSentPicture({ strapi, slots }),
      settings,
      'threshold-preview': createThresholdPreview({ core, adminFiles }),
      webhook,
    },
  };
}

type Server = ReturnType<typeof compose>;

const servers = new WeakMap<Core.Strapi, Server>();

function serverOf(strapi: Core.Strapi): Server {
  let server = servers.get(strapi);
  if (!server) {
    server = compose(strapi);
    servers.set(strapi, server);
  }
  return server;
}

/** What hooks and controllers need of the read path. */
export const searchOf = (strapi: Core.Strapi): Server['search'] => serverOf(strapi).search;

export type Services = Server['services'];

/** As this package makes them. A project may have put others in their place: `getService` asks Strapi. */
export const servicesOf = (strapi: Core.Strapi): Services => serverOf(strapi).services;
