import type { Plans } from './plan';

export interface MergingDeps {
  plans: Plans;
}

/** Copies of a picture become one: the plan of it. */
export const createMerging = ({ plans }: MergingDeps) => ({ plan: plans.show });
