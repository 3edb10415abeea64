import { Terminal, Unavailable } from '@banyan/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from './connect.ts';
import { prepareDatabase } from './prepare-database.ts';
import { type TestDatabase, testDatabase } from './testing/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

async function failureOf(change: (url: URL) => void): Promise<Error & { code: string }> {
  const url = new URL(database.url);
  change(url);
  const pool = connect(url.href);
  const failure = await prepareDatabase(pool).then(
    () => expect.fail('it connected'),
    (error: Error & { code: string }) => error,
  );
  await pool.end();
  return failure;
}

describe('what PostgreSQL refuses is said in a sentence with the remedy', () => {
  test('a wrong password, without repeating it', async () => {
    const error = await failureOf((url) => {
      url.password = 'not-the-secret';
    });
    expect(error).toBeInstanceOf(Terminal);
    expect(error.code).toBe('postgres-wrong-password');
    expect(error.message).toMatch(/correct the user or the password/);
    expect(error.message).not.toContain('not-the-secret');
  });

  test('a database that does not exist', async () => {
    const error = await failureOf((url) => {
      url.pathname = '/nowhere';
    });
    expect(error.code).toBe('postgres-no-database');
    expect(error.message).toContain('nowhere');
  });

  test('a server that is not there', async () => {
    const error = await failureOf((url) => {
      url.port = '1';
    });
    expect(error).toBeInstanceOf(Unavailable);
    expect(error.code).toBe('postgres-unreachable');
    expect(error.message).toContain('127.0.0.1:1');
  });

  test('a host name that is not known', async () => {
    const error = await failureOf((url) => {
      url.hostname = 'no-such-host.invalid';
    });
    expect(error.code).toBe('postgres-unreachable');
  });

  test('a user without rights', async () => {
    const pool = connect(database.url);
    const role = `weak_${database.name}`;
    await pool.query(`create role ${role} login password 'weak'`);
    const error = await failureOf((url) => {
      url.username = role;
      url.password = 'weak';
    });
    await pool.query(`drop role ${role}`);
    await pool.end();
    expect(error).toBeInstanceOf(Terminal);
    expect(error.code).toBe('postgres-no-permission');
  });
});
