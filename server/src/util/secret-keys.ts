/** Keys whose values may hold a password or a token; also `changes`, which brings them to the settings. */
const SECRETS = [
  'models.mirror',
  'embedders',
  'webhook.url',
  'webhook.headers',
  'webhook.secret',
  'index.weaviate',
  'changes',
];

/** Whether the value at this path of the configuration may be a secret, hold one, or be a part of one. */
export function holdsSecret(path: string): boolean {
  return SECRETS.some((key) => path === '' || `${path}.`.startsWith(`${key}.`) || key.startsWith(`${path}.`));
}
