import type pg from 'pg';

/**
 * Whether somebody between us and the server lends us its sessions, as pgbouncer does: then what is left behind in a session, as by
 * `listen` or `prepare`, is found by others and missed by us. Such a pooler makes up the number of the server's process.
 */
export async function isPooled(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid !== (client as unknown as { processID: number }).processID;
}
