import editor from './editor';
import indexing from './indexing';
import map from './map';
import settings from './settings';
import { batch, explain, search, similar } from './similar';

export default { batch, editor, explain, indexing, map, search, settings, similar };
