const only = (name: string) => [{ action: `plugin::similar.${name}`, subject: null }];

export const READ = only('read');
export const JUDGE = only('judge');
export const MANAGE = only('manage');
