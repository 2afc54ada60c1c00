import { createEmbedder } from '../../plugin/embedder/client';
import { embedderSuite } from './embedder.suite';

embedderSuite('process', (model) => createEmbedder({ model, batchSize: 4 }));
