import { catalogueDiff, catalogueDump } from '@banyan/split';
import { describe, expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';

const bridged = { stage: { schema: 'goods' }, bridge: 'foreign-tables' } as const;

describe('a bridge of foreign tables', { timeout: 120_000 }, () => {
  test('lets the monolith go on under the old names, there and back, and leaves nothing behind', async () => {
    await using system = await splitSystem(50, undefined, {}, bridged);
    const { source, target, banyan } = system;
    const before = await catalogueDump(source);
    expect(await banyan('run')).toMatchObject({ code: 1, stderr: expect.stringMatching(/split seam/) });
    const done = async (...args: [string, ...string[]]) =>
      expect(await banyan(...args)).toMatchObject({ code: 0, stderr: '' });
    await done('seam');
    await done('run');
    // Only at the monolith, by the old names.
    const writers = startWriters({ source, target: source });
    const more = async () => {
      const seen = writers.written.size;
      await expect.poll(() => writers.written.size > seen + 20 || writers.wrong.length > 0).toBe(true);
    };
    for (const _round of [1, 2]) {
      await more();
      await done('cutover');
      await more();
      const { rows } = await source.query(
        `insert into stock (item) values ('by default'), ('again') returning id, count`,
      );
      const there = await target.query(`select id, count from goods.stock where id = any ($1)`, [
        rows.map(({ id }) => id),
      ]);
      expect(there.rows).toEqual(rows);
      await done('reverse');
    }
    await more();
    await writers.stop();
    expect({ wrong: writers.wrong, refusals: writers.refusals }).toEqual({ wrong: [], refusals: [] });
    expect(await checkWritten(source, writers.written)).toEqual({ lost: 0, doubled: 0, off: 0 });
    await done('abort');
    await done('seam', '--undo');
    expect(catalogueDiff(before, await catalogueDump(source))).toEqual([]);
  });
});
