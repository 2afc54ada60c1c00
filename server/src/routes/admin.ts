const allowed = (action: 'read' | 'judge' | 'manage') => ({
  policies: [
    'admin::isAuthenticatedAdmin',
    { name: 'admin::hasPermissions', config: { actions: [`plugin::similar.${action}`] } },
  ],
});

export default {
  type: 'admin',
  routes: [
    { method: 'GET', path: '/types', handler: 'editor.types', config: allowed('read') },
    { method: 'POST', path: '/items', handler: 'editor.items', config: allowed('read') },
    { method: 'GET', path: '/explain/:query/:result', handler: 'editor.explain', config: allowed('read') },
    { method: 'POST', path: '/search', handler: 'editor.search', config: allowed('read') },
    { method: 'GET', path: '/duplicates', handler: 'editor.duplicates', config: allowed('read') },
    { method: 'GET', path: '/notices', handler: 'editor.notices', config: allowed('read') },
    { method: 'GET', path: '/map', handler: 'map.find', config: allowed('read') },
    { method: 'GET', path: '/map/pictures', handler: 'map.pictures', config: allowed('read') },
    { method: 'POST', path: '/map/recompute', handler: 'map.recompute', config: allowed('manage') },
    { method: 'POST', path: '/rules', handler: 'editor.setRule', config: allowed('judge') },
    { method: 'POST', path: '/rules/remove', handler: 'editor.removeRule', config: allowed('judge') },
    { method: 'POST', path: '/verdicts', handler: 'editor.judgeGroup', config: allowed('judge') },
    { method: 'POST', path: '/verdicts/remove', handler: 'editor.undoGroup', config: allowed('judge') },
    { method: 'GET', path: '/progress', handler: 'indexing.progress', config: allowed('read') },
    { method: 'GET', path: '/failed', handler: 'indexing.failed', config: allowed('read') },
    { method: 'POST', path: '/retry', handler: 'indexing.retry', config: allowed('manage') },
    { method: 'POST', path: '/pause', handler: 'indexing.pause', config: allowed('manage') },
    { method: 'POST', path: '/resume', handler: 'indexing.resume', config: allowed('manage') },
    { method: 'POST', path: '/sweep', handler: 'indexing.sweep', config: allowed('manage') },
    { method: 'POST', path: '/rebuild', handler: 'indexing.rebuild', config: allowed('manage') },
    { method: 'POST', path: '/spaces/cancel', handler: 'indexing.cancelSwitch', config: allowed('manage') },
    { method: 'POST', path: '/spaces/roll-back', handler: 'indexing.rollBack', config: allowed('manage') },
    { method: 'POST', path: '/spaces/build', handler: 'indexing.buildConfigured', config: allowed('manage') },
    { method: 'GET', path: '/settings', handler: 'settings.read', config: allowed('manage') },
    { method: 'PUT', path: '/settings', handler: 'settings.change', config: allowed('manage') },
    { method: 'POST', path: '/webhook/test', handler: 'settings.testWebhook', config: allowed('manage') },
    { method: 'GET', path: '/settings/preview', handler: 'settings.preview', config: allowed('manage') },
  ],
};
