const allowed = (action: 'read' | 'judge' | 'manage') => ({
  policies: [
    'admin::isAuthenticatedAdmin',
    { name: 'admin::hasPermissions', config: { actions: [`plugin::similar.${action}`] } },
  ],
});

export default {
  type: 'admin',
  routes: [
    { method: 'GET', path: '/progress', handler: 'indexing.progress', config: allowed('read') },
    { method: 'GET', path: '/failed', handler: 'indexing.failed', config: allowed('read') },
    { method: 'POST', path: '/retry', handler: 'indexing.retry', config: allowed('manage') },
  ],
};
