import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';

test('what has the names of a split and is of another is named with how to remove it, left alone, and none of it is taken for ours', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(5);
  const { source, target, name, banyan } = system;
  await using elsewhere = await testDatabase();
  const other = connect(elsewhere.url, { max: 1 });
  const [forth, back] = [`banyan_split_${name}_to_target`, `banyan_split_${name}_to_source`];
  try {
    await other.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [back]);
    await source.query(
      `create publication ${forth} for table movement; create schema banyan_split_${name}; create table banyan_split_${name}.stock ()`,
    );
    await target.query(
      `create subscription ${forth} connection 'dbname=nowhere' publication p with (connect = false)`,
    );
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { code, stderr } = await banyan('run');
      expect(code).toBe(1);
      for (const sentence of [
        `The publication ${forth} in `,
        `The subscription ${forth} in `,
        `The replication slot ${back} of ${elsewhere.name} is there, and this split did not make it`,
        'did not make it (it keeps stock)',
        `drop schema "banyan_split_${name}" cascade; (the tables in it were perhaps kept`,
        `Otherwise run in ${elsewhere.name}: select pg_drop_replication_slot('${back}');`,
      ])
        expect(stderr).toContain(sentence);
    }
    const kinds = JSON.parse((await banyan('plan', '--json')).stdout).problems.map(
      (one: { kind: string }) => one.kind,
    );
    // On one server a slot of another database is in the way of both sides' names.
    expect(kinds.filter((kind: string) => kind === 'left-over')).toHaveLength(4);
    expect((await source.query(`select from banyan_split_${name}.stock`)).rowCount).toBe(0);

    await other.query('select pg_drop_replication_slot($1)', [back]);
    await source.query(`drop publication ${forth}; drop schema banyan_split_${name} cascade`);
    await target.query(`alter subscription ${forth} disable`);
    await target.query(`alter subscription ${forth} set (slot_name = none)`);
    await target.query(`drop subscription ${forth}`);
    expect(await banyan('run')).toMatchObject({ code: 0, stderr: '' });
    // What it made itself is known again.
    expect(await banyan('abort')).toMatchObject({ code: 0 });
  } finally {
    await other.end();
  }
});
