export { type RowDifference, type Verification, type VerifyOptions, verifyRows } from './verify/verify.ts';
