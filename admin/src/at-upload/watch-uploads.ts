/** Where both media libraries of Strapi, their dialogs and the API send new files. */
const UPLOAD_PATH = /\/upload(\/files|\/actions\/upload-from-urls)?$/;

/** Lists of files have the same path as uploads, and a query string. */
function isUpload({ name, initiatorType }: PerformanceResourceTiming): boolean {
  if (initiatorType !== 'xmlhttprequest' && initiatorType !== 'fetch') return false;
  const { pathname, search } = new URL(name, window.location.href);
  return search === '' && UPLOAD_PATH.test(pathname);
}

/**
 * Calls back when this page has uploaded something, with the time at which the upload began (as `performance.now()` counts).
 * The media library tells nobody; the browser's record of finished requests does, whichever component made them.
 */
export function watchUploads(onUpload: (startedAt: number) => void): void {
  if (!('PerformanceObserver' in window)) return;
  const observer = new PerformanceObserver((list) => {
    const uploads = (list.getEntries() as PerformanceResourceTiming[]).filter(isUpload);
    if (uploads.length > 0) onUpload(Math.min(...uploads.map(({ startTime }) => startTime)));
  });
  observer.observe({ type: 'resource' });
}
