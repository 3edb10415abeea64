const BATCH = 10_000;

/** Inserts rows in big batches; `columns` names each column's type. */
export async function loadRows(client, table, columns, rows) {
  const names = Object.keys(columns);
  const arrays = names.map((name, index) => `$${index + 1}::${columns[name]}[]`);
  const statement = `insert into ${table} (${names.join(', ')}) select * from unnest(${arrays.join(', ')})`;
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    await client.query(
      statement,
      names.map((name) => batch.map((row) => row[name])),
    );
  }
  if (names.includes('id')) await startIdentityAfter(client, table, rows.length);
}

const startIdentityAfter = (client, table, count) =>
  client.query(`select setval(pg_get_serial_sequence($1, 'id'), $2)`, [table, Math.max(1, count)]);
