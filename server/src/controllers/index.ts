import editing from './editing';
import indexing from './indexing';
import similar from './similar';

export default { editing, indexing, similar };
