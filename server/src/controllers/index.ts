import editor from './editor';
import indexing from './indexing';
import map from './map';
import settings from './settings';
import similar from './similar';

export default { editor, indexing, map, settings, similar };
