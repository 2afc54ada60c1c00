/** The admin panel of the shop, in English and German. */
export default { config: { locales: ['de'] } };
