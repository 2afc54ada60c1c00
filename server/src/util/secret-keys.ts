/** Keys, `*` standing for any, whose values may hold a password or a token; also `changes`, which brings them to the settings. */
const SECRETS = [
  'models.mirror',
  'models.hub',
  'models.custom.*.url',
  'models.custom.*.text',
  'embedders',
  'webhook.url',
  'webhook.headers',
  'webhook.secret',
  'index.weaviate',
  'changes',
];

/** Whether the value at this path of the configuration may be a secret, hold one, or be a part of one. */
export function holdsSecret(path: string): boolean {
  const parts = path === '' ? [] : path.split('.');
  return SECRETS.some((key) => {
    const wanted = key.split('.');
    return parts.slice(0, wanted.length).every((part, i) => wanted[i] === '*' || wanted[i] === part);
  });
}
