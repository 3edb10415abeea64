import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** PostgreSQL settings by name. */
export type ServerSettings = Readonly<Record<string, string | number | boolean>>;

const defaults: ServerSettings = {
  listen_addresses: '127.0.0.1',
  // A socket's path may have 107 bytes at most, which a checkout's path can exceed.
  unix_socket_directories: '',
  max_connections: 200,
  wal_level: 'logical',
  max_replication_slots: 20,
  max_wal_senders: 20,
  // A split has a worker for each direction, and some more while it copies.
  max_worker_processes: 24,
  max_logical_replication_workers: 16,
  // A slot that nobody reads any more must not fill the disk.
  max_slot_wal_keep_size: '2GB',
  max_wal_size: '2GB',
  shared_preload_libraries: 'pg_stat_statements',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: true,
  log_directory: 'log',
  // 24 files by the hour of the day, each emptied when its hour comes again.
  log_filename: 'postgres-%H.log',
  log_rotation_age: '60min',
  log_rotation_size: 0,
  log_truncate_on_rotation: true,
  log_file_mode: '0640',
};

/** The file in the data directory that holds our settings; postgresql.conf includes it, and ALTER SYSTEM overrides it. */
export const settingsFile = 'banyan.conf';

/** Writes the settings that the next start reads. */
export async function writeSettings(data: string, port: number, overrides: ServerSettings): Promise<void> {
  const settings = { ...defaults, port, ...overrides };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}\n`);
  const file = join(data, settingsFile);
  await writeFile(file, lines.join(''));
  // Written as root under any umask, read by the server's user.
  await chmod(file, 0o644);
}

function quote(value: string | number | boolean): string {
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
