import type pg from 'pg';

/** Makes the partitions of an empty log smaller than anybody may ask for, so that tests cross from one to the next. */
export async function withSmallPartitions(pool: pg.Pool, size = 2000): Promise<void> {
  await pool.query('update banyan.log set partition_size = $1', [size]);
  await pool.query('drop table banyan.events_from_1, banyan.events_from_10000001');
  await pool.query('delete from banyan.partitions');
  await pool.query('select banyan.make_partitions()');
}
