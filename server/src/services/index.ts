import mediaSource from '../media/media-source';
import sentPicture from '../media/sent-picture';
import adminFiles from '../search/admin-files';
import adminItems from '../search/admin-items';
import candidates from '../search/candidates';
import contentTypes from '../search/content-types';
import defaultLocale from '../search/default-locale';
import entryPictures from '../search/entry-pictures';
import fallback from '../search/fallback';
import pictureRefs from '../search/picture-refs';
import query from '../search/query';
import queryItem from '../search/query-item';
import results from '../search/results';
import serialize from '../search/serialize';
import titles from '../search/titles';
import affected from './affected';
import changed from './changed';
import duplicates from './duplicates';
import explain from './explain';
import exportNeighbours from './export';
import failed from './failed';
import indexing from './indexing';
import judging from './judging';
import notices from './notices';
import rules from './rules';
import settings from './settings';
import similar from './similar';
import telling from './telling';
import thresholdPreview from './threshold-preview';
import tops from './tops';
import webhook from './webhook';

export default {
  'admin-items': adminItems,
  'admin-files': adminFiles,
  affected,
  query,
  candidates,
  changed,
  'content-types': contentTypes,
  'default-locale': defaultLocale,
  duplicates,
  explain,
  export: exportNeighbours,
  failed,
  fallback,
  similar,
  indexing,
  judging,
  'media-source': mediaSource,
  'entry-pictures': entryPictures,
  notices,
  'picture-refs': pictureRefs,
  results,
  rules,
  'sent-picture': sentPicture,
  settings,
  serialize,
  'query-item': queryItem,
  'threshold-preview': thresholdPreview,
  telling,
  titles,
  tops,
  webhook,
};
