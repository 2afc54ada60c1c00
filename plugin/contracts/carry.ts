/** Decisions and settings that go from one environment to another in a file. */

/** What a file of decisions may hold; a part that it lacks is left as it is. */
export const PARTS = ['settings', 'rules', 'verdicts'] as const;
export type Part = (typeof PARTS)[number];

/** What came, or would come, of one part of a file. Each is told in words. */
export interface Outcome {
  added: string[];
  changed: string[];
  removed: string[];
  skipped: Array<{ what: string; why: string }>;
  /** As the file has them. */
  unchanged: number;
}

/** `POST /similar/decisions/file`: of the parts that the file has. */
export type CarryReport = Partial<Record<Part, Outcome>>;
