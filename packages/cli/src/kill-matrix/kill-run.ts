import { setTimeout as sleep } from 'node:timers/promises';
import { catalogueOf } from '../testing/catalogue.ts';
import { moveByEvents } from '../testing/goods-events.ts';
import { moveGoods } from '../testing/reshaped-goods.ts';
import { type SplitSystem, splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';
import { startOrchestrator } from './orchestrator.ts';
import { commandsOf, type Scenario } from './scenario.ts';
import type { KillableServer } from './servers.ts';
import type { SplitKind } from './split-kind.ts';
import { layWire } from './wire.ts';

/** What one run found. */
export interface KillRun extends Scenario {
  /** How the command ended that met the fault: by itself, with an error, or killed. */
  readonly ended: 'done' | 'failed' | 'killed';
  /** How often commands were run again until they succeeded. */
  readonly again: number;
  readonly written: number;
  readonly refused: number;
  /** Everything that should not be; empty when the run passes. */
  readonly wrong: readonly string[];
}

/** Servers of the whole matrix. */
export interface KillServers {
  readonly source: KillableServer;
  readonly target: KillableServer;
}

/** How often a command is run again before it counts as stuck. */
const tries = 12;

/** What the monolith has under the old names while the service owns the tables; its writers then know no other names. */
const bridged = { stage: { schema: 'goods' }, bridge: 'foreign-tables' } as const;

/** Moves tables there and back under load, with one fault on the way, and looks whether everything is as it should be. */
export async function killRun(
  servers: KillServers,
  number: number,
  scenario: Scenario,
  kind: SplitKind,
): Promise<KillRun> {
  const database = `kill_${process.pid}_${number}`;
  // The ledger dies with the monolith's server.
  const ledger = `${database}_ledger`;
  for (const server of [servers.source, servers.target]) await server.createDatabase(database);
  await servers.source.createDatabase(ledger);
  const portOf = (server: KillableServer) => () => Number(new URL(server.url(database)).port);
  await using toSource = await layWire(portOf(servers.source));
  await using toTarget = await layWire(portOf(servers.target));
  const direct = { source: servers.source.url(database), target: servers.target.url(database) };
  const wired = { source: toSource.over(direct.source), target: toTarget.over(direct.target) };
  const act = {
    source: () => servers.source.kill(),
    target: () => servers.target.kill(),
    connection: () => Promise.all([toSource.cut(300), toTarget.cut(300)]).then(() => undefined),
  };
  try {
    await using system = await splitSystem(
      200,
      { ...direct, wired, ledger: servers.source.url(ledger) },
      { drainMs: 3_000, indexesAfterRows: 0 },
      (
        {
          plain: {},
          bridge: bridged,
          reshaped: { reshaped: 'both-ways' },
          copy: { keep: 'copy' },
          events: { reshaped: 'events' },
        } as const
      )[kind],
    );
    return await underLoad(system, scenario, act, kind);
  } finally {
    // Of a server that did not come back is told by what failed before; its directory goes with all that is in it.
    const drops = [servers.source, servers.target].map((server) => server.dropDatabase(database));
    await Promise.allSettled([...drops, servers.source.dropDatabase(ledger)]);
  }
}

type Acts = Readonly<Record<'source' | 'target' | 'connection', () => Promise<void>>>;

async function underLoad(
  system: SplitSystem,
  scenario: Scenario,
  act: Acts,
  kind: SplitKind,
): Promise<KillRun> {
  const before = await catalogueOf(system.source);
  const bridge = kind === 'bridge';
  const pools = bridge ? { source: system.source, target: system.source } : system;
  const writers = startWriters(pools, {
    clients: 2,
    pauseMs: 10,
    ...(kind === 'reshaped' ? { atTarget: moveGoods } : {}),
    ...(kind === 'events' ? { atTarget: moveByEvents(system.target) } : {}),
  });
  const wrong: string[] = [];
  if (bridge) wrong.push(...(await insisted(system, 'seam')));
  let ended: KillRun['ended'] = 'done';
  let again = 0;
  for (const command of commandsOf(kind)) {
    if (command === 'abort') wrong.push(...(await compared(system)));
    if (command === scenario.command) ended = await withFault(system, scenario, act);
    if (command !== scenario.command || ended !== 'done') {
      const { times, problem } = await insist(system, command);
      again += times - 1;
      if (problem !== undefined) wrong.push(problem);
    }
  }
  if (bridge) wrong.push(...(await insisted(system, 'seam', '--undo')));
  await writers.stop();
  const found = await checkWritten(system.source, writers.written);
  for (const [what, count] of Object.entries(found)) if (count > 0) wrong.push(`${count} ${what}`);
  wrong.push(...writers.wrong);
  const left = (await catalogueOf(system.source)).filter((line) => !before.includes(line));
  wrong.push(...left.map((line) => `left behind: ${line}`));
  return {
    ...scenario,
    ended,
    again,
    written: writers.written.size,
    refused: writers.refusals.length,
    wrong,
  };
}

async function withFault(
  system: SplitSystem,
  { command, fault, afterMs }: Scenario,
  act: Acts,
): Promise<KillRun['ended']> {
  const orchestrator = await startOrchestrator();
  const running = orchestrator.run(['split', command, system.name, '--config', system.configFile]);
  await sleep(afterMs);
  if (fault === 'orchestrator') orchestrator.kill();
  else await act[fault]();
  const { code } = await running;
  if (code === undefined) return 'killed';
  return code === 0 ? 'done' : 'failed';
}

async function insisted(system: SplitSystem, command: string, ...flags: string[]): Promise<string[]> {
  const { problem } = await insist(system, command, ...flags);
  return problem === undefined ? [] : [problem];
}

async function insist(
  system: SplitSystem,
  command: string,
  ...flags: string[]
): Promise<{ times: number; problem?: string }> {
  for (let times = 1; ; times++) {
    const { code, stderr } = await system.banyan(command, ...flags);
    if (code === 0) return { times };
    if (times === tries) return { times, problem: `${command} does not succeed: ${stderr.trim()}` };
    await sleep(300);
  }
}

async function compared(system: SplitSystem): Promise<string[]> {
  for (let times = 1; ; times++) {
    const { code, stdout, stderr } = await system.banyan('verify');
    if (code === 0) return [];
    // Only rows that differ are a finding; a feed that is not back yet is waited for.
    if (stdout.includes('rows compared') || times === tries) return [`verify: ${stdout}${stderr}`.trim()];
    await sleep(500);
  }
}
