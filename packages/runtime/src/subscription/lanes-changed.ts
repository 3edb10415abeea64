import { Conflict, Terminal } from '../errors/errors.ts';
import type { Lane } from './lane.ts';

/** The error of a lane that there is not. */
export function lanesChanged({ subscription, number, of }: Lane): Conflict {
  return new Conflict(
    'lanes-changed',
    `${subscription} has no lane ${number} of ${of}: it has been divided otherwise, look which lanes it has now.`,
  );
}

/** The error of a subscription whose lanes are not all at one position. */
export function lanesApart(subscription: string, lowest: bigint, highest: bigint): Conflict {
  return new Conflict(
    'lanes-apart',
    `The lanes of ${subscription} are between ${lowest} and ${highest}: hold the subscription at ${highest} until all are there, then divide it.`,
    { details: { subscription, lowest: String(lowest), highest: String(highest) } },
  );
}

/** The error of a subscriber that knows no lanes, on a subscription that has some. */
export function hasLanes(subscription: string, lanes: number): Terminal {
  return new Terminal(
    'subscription-in-lanes',
    `${subscription} is divided into ${lanes} lanes, which this subscriber was not started for: give it "lanes".`,
  );
}
