import { adminApi } from '@strapi/strapi/admin';

/** No request: says to Strapi's own cache that entries have changed, so that its list and its forms ask again. */
const refreshing = adminApi
  .enhanceEndpoints({ addTagTypes: ['Document', 'Relations', 'RecentDocumentList'] })
  .injectEndpoints({
    endpoints: ({ mutation }) => ({
      similarRefresh: mutation<null, void>({
        queryFn: () => ({ data: null }),
        invalidatesTags: ['Document', 'Relations', 'RecentDocumentList'],
      }),
    }),
  });

/** Has the content manager read again what it shows. */
export function useRefresh(): () => void {
  const [refresh] = refreshing.useSimilarRefreshMutation();
  return () => void refresh();
}
