/** The two functions that a contract suite needs of a test runner; those of vitest and of node:test both fit. */
export interface TestPort {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/** Makes something to be tested; what has `Symbol.asyncDispose` is disposed of after the test. */
export type Make<Subject> = () => Subject | Promise<Subject>;

/** A `test` whose body gets a subject of its own. */
export function testWith<Subject extends object>({ test }: TestPort, make: Make<Subject>) {
  return (name: string, body: (subject: Subject) => Promise<void>): void => {
    test(name, async () => {
      const subject = await make();
      try {
        await body(subject);
      } finally {
        await (subject as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.();
      }
    });
  };
}
