import {
  batch,
  batchBody,
  crop,
  explainQuery,
  explanation,
  found,
  health,
  id,
  metrics,
  q,
  query,
  sentPicture,
} from './content-api-schemas';

export default {
  type: 'content-api',
  routes: [
    // Before ids: there are no items of these names.
    {
      method: 'GET',
      path: '/health',
      handler: 'health.find',
      response: health,
    },
    {
      method: 'GET',
      path: '/metrics',
      handler: 'metrics.find',
      response: metrics,
    },
    {
      method: 'GET',
      path: '/search',
      handler: 'search.find',
      request: { query: { ...query, q } },
      response: found,
    },
    {
      method: 'GET',
      path: '/:id',
      handler: 'similar.find',
      request: { params: { id }, query },
      response: found,
    },
    {
      method: 'GET',
      path: '/:id/explain/:other',
      handler: 'explain.find',
      request: { params: { id, other: id }, query: explainQuery },
      response: explanation,
    },
    {
      method: 'POST',
      path: '/search',
      handler: 'search.find',
      request: { query: { ...query, crop }, body: { 'multipart/form-data': sentPicture } },
      response: found,
    },
    {
      method: 'POST',
      path: '/batch',
      handler: 'batch.find',
      request: { query, body: { 'application/json': batchBody } },
      response: batch,
    },
  ],
};
