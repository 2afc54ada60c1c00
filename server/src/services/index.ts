import candidates from './candidates';
import contentTypes from './content-types';
import findSimilar from './find-similar';
import indexing from './indexing';
import mediaSource from './media-source';
import subject from './subject';

export default {
  candidates,
  'content-types': contentTypes,
  'find-similar': findSimilar,
  indexing,
  'media-source': mediaSource,
  subject,
};
