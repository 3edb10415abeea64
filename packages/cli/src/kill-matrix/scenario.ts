import type { SeededRandom } from '@banyan/runtime/testing';
import type { SplitKind } from './split-kind.ts';

const commands = ['run', 'cutover', 'reverse', 'abort'] as const;
export type Command = (typeof commands)[number];

/** The commands of a run, in order. */
export function commandsOf(kind: SplitKind): readonly Command[] {
  return kind === 'copy' ? ['run', 'abort'] : commands;
}

/** What is killed or cut. */
export const faults = ['orchestrator', 'source', 'target', 'connection'] as const;
export type Fault = (typeof faults)[number];

/** One fault at one moment of one command. */
export interface Scenario {
  readonly command: Command;
  readonly fault: Fault;
  /** From the command's beginning, in milliseconds. */
  readonly afterMs: number;
}

/** How long a command takes on a machine that has nothing else to do, in milliseconds; later moments find it ended. */
const lengths: Readonly<Record<Command, number>> = { run: 900, cutover: 600, reverse: 600, abort: 350 };

/** Goes through all pairs of commands and faults, each time at other moments. Pure. */
export function scenarioOf(run: number, random: SeededRandom, kind: SplitKind): Scenario {
  const commands = commandsOf(kind);
  const command = commands[run % commands.length]!;
  const fault = faults[Math.floor(run / commands.length) % faults.length]!;
  return { command, fault, afterMs: random.below(lengths[command]) };
}
