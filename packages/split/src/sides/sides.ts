import { connect } from '@banyan/postgres';
import type pg from 'pg';
import type { SideName } from '../plan/split-plan.ts';

/** A database that takes part in a split. */
export interface Side {
  readonly name: SideName;
  readonly pool: pg.Pool;
  /** Connection string from here. */
  readonly url: string;
  /** Connection string with which the other side's server reaches this one. */
  readonly reach: string;
  /** Connection string with which the other side's server reaches this one for its own clients' statements. */
  readonly bridge: string;
}

/** Both databases of a split. */
export interface Sides extends AsyncDisposable {
  readonly source: Side;
  readonly target: Side;
}

/** How a side is reached; from the other server perhaps by another name. */
export interface SideAddress {
  readonly url: string;
  readonly reach?: string;
  /** Default `reach`. */
  readonly bridge?: string;
}

/** Opens both sides; connects when the first statement is run. */
export function openSides(addresses: Readonly<Record<SideName, SideAddress>>): Sides {
  const open = (name: SideName): Side => {
    const { url, reach = url, bridge = reach } = addresses[name];
    return { name, url, reach, bridge, pool: connect(url, { max: 8, applicationName: 'banyan-split' }) };
  };
  const [source, target] = [open('source'), open('target')];
  return {
    source,
    target,
    async [Symbol.asyncDispose]() {
      await Promise.all([source.pool.end(), target.pool.end()]);
    },
  };
}
