import { fieldOf } from './json-path.ts';
import type { Difference } from './reply.ts';

/** What differs between two replies of one and the same side, and so says nothing when it differs between two sides. */
export interface Noise {
  /** Fields with another value of the same type each time. */
  readonly values: ReadonlySet<string>;
  /** Fields that come and go, or change their type. */
  readonly shapes: ReadonlySet<string>;
  /** Arrays whose order changes. */
  readonly orders: ReadonlySet<string>;
}

/** Where nothing is noise. */
export const noNoise: Noise = { values: new Set(), shapes: new Set(), orders: new Set() };

type Kind = keyof Noise;

const kinds: readonly Kind[] = ['values', 'shapes', 'orders'];
const mostFields = 200;
const remembered = 400;
/** A field that differs from itself rarely has changed meanwhile: it is no noise, and must not hide a fault. */
const leastShare = 0.05;
const leastTimes = 2;

/** Learns what is noise on one route from replies of the owner to the same request. */
export class NoiseLearner {
  readonly #times: Record<Kind, Map<string, number>> = {
    values: new Map(),
    shapes: new Map(),
    orders: new Map(),
  };
  #asked = 0;
  #noise: Noise = noNoise;

  /** How often the owner was asked twice; the older times count less. */
  get asked(): number {
    return this.#asked;
  }

  /** What is noise as far as is known. The same object until that changes. */
  get noise(): Noise {
    return this.#noise;
  }

  /** Adds what differed when the owner was asked twice; nothing is something, too. */
  learn(differences: readonly Difference[]): void {
    this.#asked++;
    for (const difference of differences) {
      const times = this.#times[kindOf(difference)];
      const field = fieldOf(difference.at);
      if (times.has(field) || times.size < mostFields) times.set(field, (times.get(field) ?? 0) + 1);
    }
    if (this.#asked >= remembered) this.#forget();
    const sets = kinds.map((kind) => this.#frequent(this.#times[kind]));
    if (sets.every((set, index) => isSame(set, this.#noise[kinds[index]!]))) return;
    this.#noise = { values: sets[0]!, shapes: sets[1]!, orders: sets[2]! };
  }

  #frequent(times: ReadonlyMap<string, number>): Set<string> {
    const least = Math.max(leastTimes, this.#asked * leastShare);
    return new Set([...times].flatMap(([field, count]) => (count >= least ? [field] : [])));
  }

  #forget(): void {
    this.#asked /= 2;
    for (const kind of kinds) {
      const times = this.#times[kind];
      for (const [field, count] of times) {
        if (count < 2) times.delete(field);
        else times.set(field, count / 2);
      }
    }
  }
}

/** What is known to be noise, and what differed just now between two replies of the owner. */
export function withNoise(noise: Noise, differences: readonly Difference[]): Noise {
  if (differences.length === 0) return noise;
  const of = (kind: Kind) =>
    new Set([
      ...noise[kind],
      ...differences.filter((one) => kindOf(one) === kind).map((one) => fieldOf(one.at)),
    ]);
  return { values: of('values'), shapes: of('shapes'), orders: of('orders') };
}

/** All fields of a noise, for people. */
export function noisyFields({ values, shapes, orders }: Noise): readonly string[] {
  return [...new Set([...values, ...shapes, ...[...orders].map((field) => `${field} (order)`)])].sort();
}

function kindOf({ shape, order }: Difference): Kind {
  return order === true ? 'orders' : shape === true ? 'shapes' : 'values';
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((field) => other.has(field));
}
