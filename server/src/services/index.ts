import adminItems from './admin-items';
import asked from './asked';
import candidates from './candidates';
import contentTypes from './content-types';
import duplicates from './duplicates';
import explain from './explain';
import exportNeighbours from './export';
import fallback from './fallback';
import findSimilar from './find-similar';
import indexing from './indexing';
import mediaSource from './media-source';
import members from './members';
import results from './results';
import rules from './rules';
import sentPicture from './sent-picture';
import show from './show';
import subject from './subject';

export default {
  'admin-items': adminItems,
  asked,
  candidates,
  'content-types': contentTypes,
  duplicates,
  explain,
  export: exportNeighbours,
  fallback,
  'find-similar': findSimilar,
  indexing,
  'media-source': mediaSource,
  members,
  results,
  rules,
  'sent-picture': sentPicture,
  show,
  subject,
};
