/** Filters that all have to hold; those that are undefined ask for nothing. */
export const allOf = (...filters: Array<object | undefined>) => ({
  $and: filters.filter((filter) => filter !== undefined),
});
