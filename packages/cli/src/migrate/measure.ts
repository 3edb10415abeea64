import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import type { Figure } from '../config/config.ts';
import type { Measure } from '../ledger/plan.ts';

/**
 * Reads the figures of a configuration, all in one snapshot so that they belong together.
 * @throws Terminal `figure-unreadable` naming the figure whose SQL fails or returns no number.
 */
export async function measure(monolith: pg.Pool, figures: readonly Figure[]): Promise<Measure[]> {
  const client = await monolith.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const measures: Measure[] = [];
    for (const figure of figures) measures.push({ name: figure.name, value: await read(client, figure) });
    return measures;
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

async function read(client: pg.PoolClient, figure: Figure): Promise<number> {
  const result = await client.query({ text: figure.sql, rowMode: 'array' }).catch((error: unknown) => {
    throw unreadable(figure, error instanceof Error ? error.message : String(error));
  });
  const value = result.rows[0]?.[0] ?? 0;
  const number = Number(value);
  if (Number.isNaN(number)) throw unreadable(figure, `it returned ${JSON.stringify(value)}`);
  return number;
}

function unreadable(figure: Figure, why: string): Terminal {
  return new Terminal(
    'figure-unreadable',
    `The figure ${JSON.stringify(figure.name)} of the configuration can't be read: ${why}. Its SQL must return one number.`,
  );
}
