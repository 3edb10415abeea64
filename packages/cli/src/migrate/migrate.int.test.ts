import { describe, expect, test } from 'vitest';
import { openLedger } from '../ledger/ledger.ts';
import { smallSystem, translateNotes } from '../testing/small-system.ts';
import { migrate } from './migrate.ts';
import { openMigration } from './open-migration.ts';
import type { Progress } from './progress.ts';
import { rollBack } from './rollback.ts';

type System = Awaited<ReturnType<typeof smallSystem>>;

function run({ config }: System, signal = new AbortController().signal) {
  const told: Progress[] = [];
  const proof = migrate({ config, name: 'notes', onProgress: (progress) => told.push(progress), signal });
  return { told, proof };
}

async function stateOf({ config }: System) {
  await using ledger = await openLedger(config.ledger.database);
  return ledger.migration('notes')!;
}

async function leftOnSource({ source, config }: System): Promise<number> {
  const name = `%${config.migrations.notes!.subscription}%`;
  const { rows } = await source.pool.query(
    `select (select count(*) from pg_replication_slots where slot_name like $1)
          + (select count(*) from pg_publication where pubname like $1) as n`,
    [name],
  );
  return Number(rows[0].n);
}

describe('a migration', { timeout: 90_000 }, () => {
  test('of a right service ends with a proof that holds; rolled back it leaves nothing and can begin anew', async () => {
    await using system = await smallSystem();
    const proof = await run(system).proof;
    expect(proof).toMatchObject({ holds: true, rows: { different: 0 }, replies: { different: 0 } });
    expect(proof.traffic.answeredByService).toBeGreaterThan(10);
    expect(proof.after).toEqual([{ name: 'notes', value: 200 }]);
    expect(await leftOnSource(system)).toBe(2);

    const told: Progress[] = [];
    {
      await using open = await openMigration(system.config, 'notes');
      expect(await rollBack(open, 'test', (progress) => told.push(progress))).toBe(true);
      expect(await rollBack(open, 'test', (progress) => told.push(progress))).toBe(false);
    }
    expect(told).toEqual([{ kind: 'rolled-back', reason: 'test' }]);
    expect(await leftOnSource(system)).toBe(0);
    expect((await stateOf(system)).mode).toEqual({ kind: 'owner' });

    expect((await run(system).proof).holds).toBe(true);
    expect((await stateOf(system)).run).toBe(2);
    expect(system.wrong).toEqual([]);
  });

  test('of a service that answers one reply in ten otherwise is rolled back before a client sees it', async () => {
    await using system = await smallSystem();
    system.fault = (note) => (note.id % 10 === 0 ? { ...note, text: 'something else' } : note);
    const { proof, told } = run(system);
    await expect(proof).rejects.toThrow(
      /replies of notes differ.*at text.*The reads are back at the monolith/s,
    );
    expect(told.at(-1)?.kind).toBe('rolled-back');
    expect(await stateOf(system)).toMatchObject({
      status: 'rolled-back',
      mode: { kind: 'owner' },
      decisions: [{ step: 'shadowed', verdict: 'roll-back', findings: [{ metric: 'differences' }] }],
    });
    expect(await leftOnSource(system)).toBe(0);
    expect(system.wrong).toEqual([]);
  });

  test('of a service that fails in a canary is held, goes on when it is well, and no client sees an error', async () => {
    await using system = await smallSystem();
    const signal = new AbortController().signal;
    const { proof, told } = run(system, signal);
    await expect
      .poll(() => told.some((one) => one.kind === 'begun' && one.step === 'canary-25'), { timeout: 40_000 })
      .toBe(true);
    system.fault = () => 500;
    await expect.poll(() => told.some((one) => one.kind === 'held'), { timeout: 40_000 }).toBe(true);
    system.fault = undefined;
    expect((await proof).holds).toBe(true);
    const { steps } = await stateOf(system);
    expect(steps['canary-25']!.attempts + steps['canary-100']!.attempts).toBeGreaterThan(2);
    expect(system.wrong).toEqual([]);
  });

  test('whose service applies another translator than the configuration is refused when the rows are compared', async () => {
    await using system = await smallSystem((change) =>
      translateNotes(change).map((write) =>
        write.op === 'upsert' && write.key.id === '7' ? { ...write, row: { text: 'seven' } } : write,
      ),
    );
    await expect(run(system).proof).rejects.toThrow(
      /of 200 rows 0 are missing, 0 extra and 1 different.*"7".* in text/,
    );
    expect(await leftOnSource(system)).toBe(0);
    expect(system.wrong).toEqual([]);
  });

  test('waits for an approval and goes no further while somebody holds it, and the ledger says who and why', async () => {
    await using system = await smallSystem();
    const notes = system.config.migrations.notes as { limits: object };
    notes.limits = { ...notes.limits, approvals: [100] };
    await using ledger = await openLedger(system.config.ledger.database);
    const { proof, told } = run(system);
    const begun = (step: string) => told.some((one) => one.kind === 'begun' && one.step === step);
    const said = { by: 'ada', reason: 'a freeze', at: 'now' };
    await expect.poll(() => begun('shadowed'), { timeout: 40_000 }).toBe(true);
    await ledger.execute('notes', 'Pause', said);
    await expect
      .poll(() => told.some((one) => one.kind === 'progress' && one.text === 'held by ada: a freeze'), {
        timeout: 40_000,
      })
      .toBe(true);
    expect(begun('canary-25')).toBe(false);
    await ledger.execute('notes', 'Resume', said);
    await expect.poll(() => begun('approved-100'), { timeout: 40_000 }).toBe(true);
    expect(ledger.migration('notes')!.mode).toMatchObject({ kind: 'canary', share: 0.25 });
    await expect(ledger.execute('notes', 'Approve', { ...said, step: 'canary' })).rejects.toThrow(
      /no step canary.*approved-100/,
    );
    await ledger.execute('notes', 'Approve', { ...said, step: 'approved-100' });
    expect((await proof).holds).toBe(true);
    const { decisions, steps } = await stateOf(system);
    expect(steps['approved-100']?.evidence?.summary).toBe('approved by ada: a freeze');
    expect(decisions.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['shadowed', 'advance'],
      ['canary-25', 'advance'],
      ['canary-100', 'advance'],
      ['moved', 'advance'],
    ]);
    expect(decisions[0]!.findings.map(({ metric }) => metric)).toContain('differences');
  });

  test('is worked on by one process at a time', async () => {
    await using system = await smallSystem();
    await using _first = await openMigration(system.config, 'notes');
    await expect(run(system).proof).rejects.toMatchObject({ code: 'migration-locked' });
  });

  test('that was stopped by its user goes on from the step it was in', async () => {
    await using system = await smallSystem();
    const stopping = new AbortController();
    const { proof, told } = run(system, stopping.signal);
    await expect
      .poll(() => told.some((one) => one.kind === 'begun' && one.step === 'shadowed'), { timeout: 40_000 })
      .toBe(true);
    stopping.abort(new Error('stopped'));
    await expect(proof).rejects.toThrow('stopped');
    const again = run(system);
    expect((await again.proof).holds).toBe(true);
    expect(
      again.told
        .filter((one) => one.kind === 'done' && one.earlier)
        .map((one) => one.kind === 'done' && one.step),
    ).toEqual(['fed', 'verified']);
  });
});
