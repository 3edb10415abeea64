import { BaseSequencer, type TestSpecification } from 'vitest/node';

const costs = ['.unit.test.ts', '.int.test.ts', '.e2e.test.ts'];
const costOf = ({ moduleId }: TestSpecification) => costs.findIndex((ending) => moduleId.endsWith(ending));

/**
 * Runs the files with the costliest names first, and of one cost those that took longest the last time, or else the largest:
 * what is left at the end is short, and no worker waits long for the other.
 */
export class CostliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => costOf(other) - costOf(one));
  }
}
