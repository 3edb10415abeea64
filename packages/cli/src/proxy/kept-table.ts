import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RouteTable, validateRouteTable } from '@banyan/strangler';

/** The routes that a proxy ran last, in a file, for a start while the ledger can't be reached. */
export interface KeptTable {
  /** Undefined where nothing was kept, or what was kept can't be used. */
  read(): RouteTable | undefined;
  /** Replaces what was kept, whole or not at all. Throws where the file can't be written. */
  write(table: RouteTable): void;
}

/** Keeps routes in a file; without one, keeps nothing. */
export function keptTable(file: string | undefined): KeptTable {
  if (file === undefined) return { read: () => undefined, write: () => undefined };
  return {
    read() {
      try {
        const kept = JSON.parse(readFileSync(file, 'utf8')) as RouteTable & { readonly revision: string };
        const table: RouteTable = { ...kept, revision: BigInt(kept.revision) };
        validateRouteTable(table);
        return table;
      } catch {
        return undefined;
      }
    },
    write(table) {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      const text = JSON.stringify({ ...table, revision: String(table.revision) });
      // Several proxies of one machine may share the file.
      const fresh = `${file}.${process.pid}.new`;
      writeFileSync(fresh, text, { mode: 0o600 });
      renameSync(fresh, file);
    },
  };
}
