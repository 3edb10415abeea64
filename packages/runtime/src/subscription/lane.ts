import { Invalid } from '../errors/errors.ts';

/** Lanes of a subscription at most. */
export const maxLanes = 64;

/** One of the parts that a subscription is divided into; each takes the events of its own streams, in order. */
export interface Lane {
  readonly subscription: string;
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** The name of the lane's checkpoint: `lists/3of8`; that of the subscription itself where it is not divided. */
export function laneName({ subscription, number, of }: Lane): string {
  return of === 1 ? subscription : `${subscription}/${number}of${of}`;
}

/** The lanes of a subscription, in order. */
export function lanesOf(subscription: string, of: number): readonly Lane[] {
  return Array.from({ length: of }, (_, index) => ({ subscription, number: index + 1, of }));
}

/** The lane that a checkpoint's name means; undefined for a whole subscription. */
export function parseLane(name: string): Lane | undefined {
  const match = /^(.+)\/(\d+)of(\d+)$/s.exec(name);
  if (match === null) return undefined;
  return { subscription: match[1]!, number: Number(match[2]), of: Number(match[3]) };
}

/** @throws Invalid `lanes-out-of-range`, `subscription-name` */
export function checkLanes(subscription: string, lanes: number): void {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > maxLanes) {
    throw new Invalid(
      'lanes-out-of-range',
      `${subscription} can not have ${lanes} lanes: give it a whole number from 1 to ${maxLanes}.`,
    );
  }
  if (parseLane(subscription) !== undefined) {
    throw new Invalid(
      'subscription-name',
      `A subscription can not be called "${subscription}", because a lane's checkpoint would be: choose another name.`,
    );
  }
}

/**
 * The lane of a stream, from 1: FNV-1a of 32 bits over the id's UTF-8, mixed by MurmurHash3's finalizer, modulo the number of
 * lanes. It is the same in every release, because checkpoints depend on it.
 *
 * FNV: http://www.isthe.com/chongo/tech/comp/fnv/; the finalizer: Austin Appleby's fmix32.
 */
export function laneOfStream(streamId: string, lanes: number): number {
  if (lanes === 1) return 1;
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(streamId)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) % lanes) + 1;
}

const encoder = new TextEncoder();
