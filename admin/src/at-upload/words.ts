/** What is said of an uploaded picture, by verdict. */
export const NOTICE_TEXTS = { identical: 'notice.identical', 'same-photo': 'notice.samePhoto' } as const;
