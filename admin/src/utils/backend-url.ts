/** Files of the local provider have paths: they are on the server of the admin's API. */
export function onBackend(url: string): string {
  const { backendURL = '' } = (window as unknown as { strapi?: { backendURL?: string } }).strapi ?? {};
  return url.startsWith('/') ? `${backendURL}${url}` : url;
}
