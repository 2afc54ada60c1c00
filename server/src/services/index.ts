import adminFiles from './admin-files';
import adminItems from './admin-items';
import affected from './affected';
import asked from './asked';
import candidates from './candidates';
import changed from './changed';
import contentTypes from './content-types';
import defaultLocale from './default-locale';
import duplicates from './duplicates';
import explain from './explain';
import exportNeighbours from './export';
import failed from './failed';
import fallback from './fallback';
import findSimilar from './find-similar';
import indexing from './indexing';
import judging from './judging';
import mediaSource from './media-source';
import members from './members';
import notices from './notices';
import pictureRefs from './picture-refs';
import results from './results';
import rules from './rules';
import sentPicture from './sent-picture';
import settings from './settings';
import show from './show';
import subject from './subject';
import telling from './telling';
import thresholdPreview from './threshold-preview';
import titles from './titles';
import tops from './tops';
import webhook from './webhook';

export default {
  'admin-items': adminItems,
  'admin-files': adminFiles,
  affected,
  asked,
  candidates,
  changed,
  'content-types': contentTypes,
  'default-locale': defaultLocale,
  duplicates,
  explain,
  export: exportNeighbours,
  failed,
  fallback,
  'find-similar': findSimilar,
  indexing,
  judging,
  'media-source': mediaSource,
  members,
  notices,
  'picture-refs': pictureRefs,
  results,
  rules,
  'sent-picture': sentPicture,
  settings,
  show,
  subject,
  'threshold-preview': thresholdPreview,
  telling,
  titles,
  tops,
  webhook,
};
