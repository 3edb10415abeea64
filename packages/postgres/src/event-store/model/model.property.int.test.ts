import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../../testing/prepared-database.ts';
import { ModelState, modelCommands } from './model-commands.fixture.ts';
import { RealStore } from './real-store.fixture.ts';

/** `SEED=17 ROUNDS=500 npx vitest run model.property` for more; a failure tells its seed. */
const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const rounds = Number(process.env.ROUNDS ?? 15);
const commands = 40;

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

test('the store does what a plain list of events does', { timeout: 60_000 + rounds * 10_000 }, async () => {
  const property = fc.asyncProperty(
    fc.commands(modelCommands, { maxCommands: commands, size: 'max' }),
    async (history) => {
      await using real = new RealStore(database);
      const model = new ModelState(await real.taken());
      await fc.asyncModelRun(() => ({ model, real }), history);
    },
  );
  await fc.assert(property, { numRuns: rounds, ...(seed !== undefined && { seed }) });
});
