import indexing from './indexing';
import similar from './similar';

export default { indexing, similar };
