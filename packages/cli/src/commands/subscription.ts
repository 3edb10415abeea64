import { postgresCheckpointStore, postgresDeadLetterStore, subscriptionStatus } from '@banyan/postgres';
import { type DesiredState, Invalid } from '@banyan/runtime';
import type { Command } from 'commander';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import {
  changeLanes,
  discard,
  findSubscription,
  letterNumber,
  redrive,
  reset,
} from '../subscriptions/operate.ts';
import { listLines, showLines } from '../subscriptions/status-lines.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface Flags extends ServiceFlags {
  readonly yes?: boolean;
  readonly id?: string;
  readonly timeout: string;
}

/** `banyan subscription list|show|pause|resume|reset|redrive|discard|lanes`. */
export function addSubscription(program: Command): void {
  const verb = program
    .command('subscription')
    .description("look at a service's subscriptions and operate them while they run");
  const add = (name: string, description: string) =>
    withServiceOptions(verb.command(name).description(description));
  const timed = (command: Command) =>
    command.option('--timeout <seconds>', 'how long to wait for a running instance', '30');

  add('list', 'all subscriptions: state, position, how far behind').action(list);
  add('show <name>', 'one subscription: lanes, owners, dead letters').action(show);
  add('pause <name>', 'let it stop after the step under way').action((name: string, flags: Flags) =>
    want(name, 'stopped', flags),
  );
  add('resume <name>', 'let it go on').action((name: string, flags: Flags) => want(name, 'running', flags));
  timed(add('reset <name>', 'let it forget everything and begin anew; a running instance does it'))
    .option('--yes', 'yes, everything it has written is to be made again')
    .action(resetOne);
  timed(add('redrive <name>', 'let it handle its dead letters again; a running instance does it'))
    .option('--id <number>', 'this one only')
    .action(redriveSome);
  add('discard <name>', 'throw dead letters away')
    .option('--id <number>', 'this one only')
    .option('--yes', 'yes, all of them')
    .action(discardSome);
  timed(add('lanes <name> <count>', 'divide it into so many lanes, at a position where all meet')).action(
    divide,
  );
}

async function list(flags: Flags): Promise<void> {
  const all = await withService(flags, ({ pool, schema }) => subscriptionStatus(pool, { schema }));
  if (flags.json) process.stdout.write(jsonLine(all));
  else printLines(listLines(all, lineWidth()));
}

async function show(name: string, flags: Flags): Promise<void> {
  await withService(flags, async (service) => {
    const one = await findSubscription(service, name);
    const deadLetters = postgresDeadLetterStore(service.pool, service);
    const letters = await deadLetters.list(name, { limit: flags.json ? 1_000 : 20 });
    if (flags.json) process.stdout.write(jsonLine({ ...one, letters }));
    else printLines(showLines(one, letters, lineWidth()));
  });
}

async function want(name: string, desired: DesiredState, flags: Flags): Promise<void> {
  await withService(flags, async (service) => {
    await findSubscription(service, name);
    await postgresCheckpointStore(service.pool, service).control(name, { desired });
    const now = await findSubscription(service, name);
    const { position } = now.checkpoint;
    if (flags.json) process.stdout.write(jsonLine(now));
    else if (desired === 'stopped')
      printLines([`${name} is paused at ${position}. Let it go on with: banyan subscription resume ${name}`]);
    else printLines([`${name} goes on from ${position}.`]);
  });
}

async function resetOne(name: string, flags: Flags): Promise<void> {
  if (!flags.yes) {
    throw new Invalid(
      'reset-needs-yes',
      `A reset makes ${name} forget everything it has written and handle every event again. Say that you mean it with --yes.`,
    );
  }
  const timeoutMs = timeoutOf(flags);
  const done = await withService(flags, (service) => reset(service, name, timeoutMs));
  if (!done) process.exitCode = 1;
  if (flags.json) process.stdout.write(jsonLine({ subscription: name, done }));
  else if (done) printLines([`${name} has begun anew.`]);
  else
    printLines([
      `No running instance has reset ${name} within ${flags.timeout} s. The first one that runs will do it, also while it is paused.`,
    ]);
}

async function redriveSome(name: string, flags: Flags): Promise<void> {
  const position = flags.id === undefined ? undefined : letterNumber(flags.id);
  const timeoutMs = timeoutOf(flags);
  const done = await withService(flags, (service) => redrive(service, name, { position, timeoutMs }));
  if (done.failedAgain + done.waiting > 0) process.exitCode = 1;
  if (flags.json) process.stdout.write(jsonLine({ subscription: name, ...done }));
  else {
    const { asked, handled, failedAgain, waiting } = done;
    printLines([
      `${handled} of ${asked} dead letters of ${name} were handled, ${failedAgain} failed again, ${waiting} wait.`,
      ...(waiting === 0 ? [] : ['What waits is handled as soon as an instance runs and is not paused.']),
    ]);
  }
}

async function discardSome(name: string, flags: Flags): Promise<void> {
  if (flags.id === undefined && !flags.yes) {
    throw new Invalid(
      'discard-needs-yes',
      `This throws away all dead letters of ${name}. Name one with --id, or say that you mean all with --yes.`,
    );
  }
  const position = flags.id === undefined ? undefined : letterNumber(flags.id);
  const discarded = await withService(flags, (service) => discard(service, name, position));
  if (flags.json) process.stdout.write(jsonLine({ subscription: name, discarded }));
  else printLines([`${discarded} dead letters of ${name} were thrown away.`]);
}

async function divide(name: string, count: string, flags: Flags): Promise<void> {
  const lanes = Number(count);
  const now = await withService(flags, async (service) => {
    await changeLanes(service, name, lanes, timeoutOf(flags));
    return findSubscription(service, name);
  });
  if (flags.json) process.stdout.write(jsonLine(now));
  else printLines([`${name} is divided into ${lanes} ${lanes === 1 ? 'lane' : 'lanes'} now.`]);
}

function timeoutOf({ timeout }: Flags): number {
  const seconds = Number(timeout);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 3_600) return seconds * 1_000;
  throw new Invalid('timeout', `--timeout is "${timeout}"; give seconds from 0 to 3600.`);
}
