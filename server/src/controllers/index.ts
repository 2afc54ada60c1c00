import editing from './editor';
import indexing from './indexing';
import map from './map';
import settings from './settings';
import similar from './similar';

export default { editing, indexing, map, settings, similar };
