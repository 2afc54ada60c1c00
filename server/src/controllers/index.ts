import carrying from './carrying';
import comparison from './comparison';
import editor from './editor';
import { health } from './health';
import indexing from './indexing';
import map from './map';
import merging from './merging';
import { metrics } from './metrics';
import proposals from './proposals';
import settings from './settings';
import { batch, explain, search, similar } from './similar';

export default {
  batch,
  carrying,
  comparison,
  editor,
  explain,
  health,
  indexing,
  map,
  merging,
  metrics,
  proposals,
  search,
  settings,
  similar,
};
