import {
  postgresCheckpointStore,
  postgresDeadLetterStore,
  type SubscriptionStatus,
  subscriptionStatus,
} from '@banyan/postgres';
import { Conflict, Invalid, NotFound, Unavailable } from '@banyan/runtime';
import type { OpenService } from '../service/open-service.ts';

const lookEveryMs = 200;
/** A hold that is set here lapses by itself, so that an interrupted command stops nobody. */
const holdForMs = 120_000;

/** What became of a redrive. */
export interface Redriven {
  readonly asked: number;
  readonly handled: number;
  readonly failedAgain: number;
  /** Still to be handled: no instance runs, or not fast enough. */
  readonly waiting: number;
}

/** @throws NotFound `subscription-unknown` with the names there are. */
export async function findSubscription(
  { pool, schema }: OpenService,
  name: string,
): Promise<SubscriptionStatus> {
  const [found] = await subscriptionStatus(pool, { schema, only: name });
  if (found !== undefined) return found;
  const names = (await subscriptionStatus(pool, { schema })).map((each) => each.name);
  throw new NotFound(
    'subscription-unknown',
    `There is no subscription ${JSON.stringify(name)} here. There are: ${names.join(', ') || 'none'}.`,
  );
}

/** Waits until `done` or until the time is up; tells which. */
async function waitUntil(done: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await done()) return true;
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Asks for a reset and waits for the running subscription to carry it out; tells whether it has. */
export async function reset(service: OpenService, name: string, timeoutMs: number): Promise<boolean> {
  await findSubscription(service, name);
  const checkpoints = postgresCheckpointStore(service.pool, service);
  await checkpoints.control(name, { reset: true });
  return waitUntil(async () => (await checkpoints.load(name)).resetWanted === undefined, timeoutMs);
}

/** Asks for dead letters to be handled again and waits for the running subscription to do it. */
export async function redrive(
  service: OpenService,
  name: string,
  options: { readonly position?: bigint; readonly timeoutMs: number },
): Promise<Redriven> {
  await findSubscription(service, name);
  const deadLetters = postgresDeadLetterStore(service.pool, service);
  const before = await deadLetters.count(name);
  const asked = await deadLetters.wantRedrive(name, options.position);
  if (asked === 0 && options.position !== undefined) throw noLetter(name, options.position);
  const wanted = async () => (await deadLetters.list(name, { redriveWanted: true, limit: 1_000_000 })).length;
  await waitUntil(async () => (await wanted()) === 0, options.timeoutMs);
  const waiting = await wanted();
  const handled = Math.min(asked - waiting, Math.max(0, before - (await deadLetters.count(name))));
  return { asked, handled, waiting, failedAgain: asked - waiting - handled };
}

/** Throws dead letters away; gives how many. */
export async function discard(service: OpenService, name: string, position?: bigint): Promise<number> {
  await findSubscription(service, name);
  const { pool } = service;
  const deadLetters = postgresDeadLetterStore(pool, service);
  const client = await pool.connect();
  try {
    const discarded = await deadLetters.remove(client, name, position);
    if (discarded === 0 && position !== undefined) throw noLetter(name, position);
    return discarded;
  } finally {
    client.release();
  }
}

/**
 * Divides a subscription into other lanes: holds it where its furthest lane is, waits for the others, divides it and lets it go on.
 * @throws Conflict `subscription-held` when somebody else holds it, Unavailable `lanes-apart` when the lanes do not come together.
 */
export async function changeLanes(
  service: OpenService,
  name: string,
  lanes: number,
  timeoutMs: number,
): Promise<void> {
  const { checkpoint } = await findSubscription(service, name);
  if (checkpoint.holdAt !== undefined) throw held(name, checkpoint.holdAt);
  const checkpoints = postgresCheckpointStore(service.pool, service);
  try {
    // Held first where the slowest is, so that the furthest does not move while we look where it is.
    await checkpoints.control(name, { holdAt: checkpoint.position, holdForMs });
    const { lanes: now } = await findSubscription(service, name);
    const furthest = now.reduce((most, { position }) => (position > most ? position : most), 0n);
    await checkpoints.control(name, { holdAt: furthest, holdForMs });
    const met = await waitUntil(
      async () => (await checkpoints.load(name)).position === furthest,
      Math.min(timeoutMs, holdForMs / 2),
    );
    if (!met) throw apart(name, furthest);
    await checkpoints.divide(name, lanes);
  } finally {
    await checkpoints.control(name, { holdAt: null });
  }
}

function noLetter(name: string, position: bigint): NotFound {
  return new NotFound(
    'dead-letter-unknown',
    `${name} has no dead letter ${position}. Those it has are shown by: banyan subscription show ${name}`,
  );
}

function held(name: string, position: bigint): Conflict {
  return new Conflict(
    'subscription-held',
    `${name} is held at ${position} by somebody else (a verification?): try again when it is let go.`,
  );
}

function apart(name: string, furthest: bigint): Unavailable {
  return new Unavailable(
    'lanes-apart',
    `Not all lanes of ${name} have come to ${furthest}, so nothing was changed: an instance must be running and not paused. Look at it with: banyan subscription show ${name}`,
  );
}

/** A dead letter's number from the command line. */
export function letterNumber(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new Invalid(
    'dead-letter-number',
    `--id is "${text}"; give the number of a dead letter as show prints it.`,
  );
}
