import mediaSource from '../media/media-source';
import sentPicture from '../media/sent-picture';
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
  affected,
  changed,
  duplicates,
  explain,
  export: exportNeighbours,
  failed,
  similar,
  indexing,
  judging,
  'media-source': mediaSource,
  notices,
  rules,
  'sent-picture': sentPicture,
  settings,
  'threshold-preview': thresholdPreview,
  telling,
  tops,
  webhook,
};
