/** Most files or entries that a search takes as `like`, and as `unlike`: more examples do not say more. */
export const MAX_EXAMPLES = 50;
