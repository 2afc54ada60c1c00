/** Where the media library shows a file: it has no page for one, but it finds it by its name. */
export const libraryPath = (name: string): string => `/plugins/upload?_q=${encodeURIComponent(name)}`;
