export type { PreflightPlan } from './preflight/plan.ts';
export { preflight } from './preflight/preflight.ts';
export type { Problem, Severity } from './preflight/problem.ts';
export { type RowDifference, type Verification, type VerifyOptions, verifyRows } from './verify/verify.ts';
