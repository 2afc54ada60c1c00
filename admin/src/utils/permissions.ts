const only = (name: string) => [{ action: `plugin::similar.${name}`, subject: null }];

export const READ = only('read');
export const JUDGE = only('judge');
export const MANAGE = only('manage');
/** What Strapi's media library asks for before it shows files. */
export const READ_FILES = [{ action: 'plugin::upload.read', subject: null }];
/** What it asks for before it changes what is said of a file. */
export const EDIT_FILES = [...READ_FILES, { action: 'plugin::upload.assets.update', subject: null }];
/** What it asks for before it deletes. */
export const DELETE_FILES = [{ action: 'plugin::upload.assets.update', subject: null }];
/** Copies are judged, and go. */
export const MERGE = [...JUDGE, ...DELETE_FILES];
export const MANAGE_OR_JUDGE = [...MANAGE, ...JUDGE];
