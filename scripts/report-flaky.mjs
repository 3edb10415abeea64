import { relative } from 'node:path';

/** Tells which tests passed at a second try only, with the error of the first, so that a repeated test hides nothing. */
export default class ReportFlaky {
  #flaky = [];

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky) this.#flaky.push(test);
  }

  onTestRunEnd() {
    for (const test of this.#flaky) {
      console.log(`\nPassed at a second try only: ${relative('.', test.module.moduleId)} > ${test.fullName}`);
      for (const { message, stack } of test.result().errors ?? []) console.log(stack ?? message);
    }
  }
}
