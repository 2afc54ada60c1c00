/** The oldest version that the tests install the plugin in; the vulnerabilities of Strapi 5 that were known then are fixed in 5.48.1. */
export const OLDEST = '5.50.2';

/** @returns what to tell people who run this version, or undefined if it is supported. */
export function complaintAbout(version: string): string | undefined {
  const parts = (text: string) => text.split(/[.-]/, 3).map(Number);
  const [given, oldest] = [parts(version), parts(OLDEST)];
  if (!given.every(Number.isInteger)) return undefined;
  const at = given.findIndex((part, i) => part !== oldest[i]);
  if (given[0] === oldest[0] && (at < 0 || given[at] > oldest[at])) return undefined;
  return `strapi-plugin-similar needs Strapi ${OLDEST} or a later 5.x, but this is ${version}. → npx @strapi/upgrade minor`;
}
