import { type BanyanError, Invalid, Terminal, toBanyanError } from '@banyan/runtime';
import {
  type FollowOptions,
  followTranslated,
  type SideName,
  type Sides,
  type SplitPlan,
  type Translators,
} from '@banyan/split';

/** What a feed goes on from by itself, once somebody has done something about it. */
const goesOn: ReadonlySet<string> = new Set(['translator-failed', 'projection-not-inline']);

/** Who follows the translated feeds of a split while a command works on it. Feeds of equal shapes need nobody: the servers follow. */
export class Followers implements AsyncDisposable {
  readonly #sides: Sides;
  readonly #plan: SplitPlan;
  readonly #translators: Translators | undefined;
  readonly #ending = new AbortController();
  readonly #failed = new AbortController();
  #running: readonly AsyncDisposable[] = [];

  constructor(sides: Sides, plan: SplitPlan, translators: Translators | undefined) {
    this.#sides = sides;
    this.#plan = plan;
    this.#translators = translators;
  }

  /** Aborts with the error that a person must look at. */
  get signal(): AbortSignal {
    return this.#failed.signal;
  }

  /**
   * Follows, from here on. Another process that does so already goes on; this one then takes over when it ends.
   * @param copy Whether to begin with a copy, which is for whoever has locked the split.
   * @throws Invalid `translator-missing`
   */
  start({ copy }: { readonly copy: boolean } = { copy: false }): void {
    if (this.#plan.reshaped === undefined || this.#running.length > 0) return;
    const { forth, back, events } = this.translators;
    this.#running = [
      this.#follow('target', { translate: forth, events, copy }),
      ...(back === undefined ? [] : [this.#follow('source', { translate: back })]),
    ];
  }

  /** @throws Invalid `translator-missing` */
  get translators(): Translators {
    const translators = this.#translators;
    const makesEvents = this.#plan.reshaped?.events === true;
    if (translators !== undefined && makesEvents === (translators.events !== undefined)) return translators;
    const what =
      translators === undefined ? 'a translator' : `a translator ${makesEvents ? 'into' : 'without'} events`;
    throw new Invalid(
      'translator-missing',
      `The split ${this.#plan.name} was begun with ${what}, and its configuration has none now: put \`reshape\` back as it was.`,
    );
  }

  #follow(into: SideName, how: Omit<FollowOptions, 'signal'>): AsyncDisposable {
    const signal = this.#ending.signal;
    const following = followTranslated(this.#sides, this.#plan, into, { ...how, signal });
    following.done.catch((caught: unknown) => this.#failed.abort(this.#explained(toBanyanError(caught))));
    return following;
  }

  /** A feed says how a subscription is begun anew, which for a split is something else; a translator is corrected. */
  #explained(error: BanyanError): BanyanError {
    if (!(error instanceof Terminal) || goesOn.has(error.code)) return error;
    const { name } = this.#plan;
    return new Terminal(
      error.code,
      `${error.message} To take a new snapshot is for this split: banyan split abort ${name}, and banyan split run ${name}.`,
      { cause: error },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    for (const one of this.#running) await one[Symbol.asyncDispose]();
  }
}
