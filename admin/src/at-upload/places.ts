/** Tabs of the plugin's page. */
export const DUPLICATES = '/plugins/similar?tab=duplicates';
export const explorePath = (picture: number) => `/plugins/similar?explore.picture=${picture}`;
