import { createEmbedder } from '../../plugin/embedder/embedder';
import { embedderSuite } from './embedder.suite';

embedderSuite('process', (model) => createEmbedder({ model, batchSize: 4 }));
