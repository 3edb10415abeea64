import type { Schemas } from '../contract/contract.ts';
import { BanyanError, Conflict } from '../errors/errors.ts';
import type { AppendResult } from '../event-store/event-store.ts';
import type { Event, RecordedEvent } from '../message/message.ts';
import { accept, answer, Batch, type Executed, type Pending, refuse } from './batch.ts';
import type { ValidCommand } from './command.ts';
import { type Decided, decide } from './decide.ts';
import type { Folded } from './fold.ts';
import type { Image } from './image.ts';
import type { MailboxOwner, MailboxWork } from './mailbox-work.ts';
import { mayHaveWritten, UnknownAppends } from './unknown-appends.ts';
import { countAttempt, WaitingCommands } from './waiting-commands.ts';

type Outcome<State> = { readonly batch: Batch<State>; readonly arrivals: number } & (
  | { readonly result: AppendResult }
  | { readonly error: unknown }
);

const longestPauseMs = 1_000;

/**
 * The commands to one aggregate, decided one after the other. While an append is under way the next commands are decided
 * on top of it; what has gathered is committed by one append, and answered in order once it is. When an append fails, what it
 * held and what was decided on top of it is decided again on what the stream says then.
 *
 * An answer without events (a refusal, or nothing to change) has no append that would check the version it was decided on. So it is
 * given only when that state is known to have been the stream's after the command came: with the commit of the batch that it
 * is part of, or after a look at what is new in the stream.
 */
export class Mailbox<State, Commands extends Schemas, Events extends Schemas> {
  readonly #work: MailboxWork<State, Commands, Events>;
  readonly #owner: MailboxOwner<State>;
  readonly #waiting: WaitingCommands<State>;
  /** At the image's version. */
  readonly #unknown = new UnknownAppends<State>();
  #image: Image<State> | undefined;
  #gathered: Batch<State> | undefined;
  #sent: Batch<State> | undefined;
  #outcome: Outcome<State> | undefined;
  /** Set by a failed append: the image is behind, or, after a conflict, wrong where nothing new is found. */
  #behind: 'maybe' | 'surely' | undefined;
  /** Commands that had come when what the image says was last known to be the newest. */
  #verified = 0;
  #busy = false;
  #scheduled = false;
  #ended = false;

  constructor(
    work: MailboxWork<State, Commands, Events>,
    owner: MailboxOwner<State>,
    image: Image<State> | undefined,
  ) {
    this.#work = work;
    this.#owner = owner;
    this.#waiting = new WaitingCommands(owner.streamId, work.limit);
    this.#image = image;
  }

  /** @throws Unavailable `mailbox-full` when too many wait or run already; the command has no effect. */
  put(command: ValidCommand): Promise<Executed<State>> {
    const executed = this.#waiting.add(command);
    this.#schedule();
    return executed;
  }

  /** Once for all that come in the same turn. */
  #schedule(): void {
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Waits for a step, which never fails, and goes on. */
  #hold(step: Promise<void>): void {
    this.#busy = true;
    void step.then(() => {
      this.#busy = false;
      this.#pump();
    });
  }

  /** Goes on as far as is possible without waiting. */
  #pump(): void {
    while (!this.#busy) {
      const step = this.#step();
      if (step === 'done') return;
      if (step !== 'again') this.#hold(step);
    }
  }

  #step(): Promise<void> | 'again' | 'done' {
    if (this.#outcome !== undefined) return this.#settle(this.#outcome);
    if (this.#sent === undefined && !this.#waiting.isEmpty) {
      if (this.#image === undefined) return this.#load();
      if (this.#behind !== undefined) return this.#catchUp(this.#image);
    }
    if (this.#image !== undefined) {
      const step = this.#decideWaiting(this.#image);
      if (step !== undefined) return step;
    }
    if (this.#sent !== undefined) return 'done';
    const batch = this.#gathered;
    if (batch === undefined) return this.#idle();
    this.#gathered = undefined;
    if (batch.events.length > 0) return this.#send(batch);
    return this.#answerWithoutEvents(batch, this.#image!);
  }

  #idle(): 'done' {
    if (!this.#ended) this.#owner.idle(this.#behind === 'surely' ? undefined : this.#image);
    this.#ended = true;
    return 'done';
  }

  // Deciding

  #decideWaiting(image: Image<State>): Promise<void> | undefined {
    const { aggregate, append, origin } = this.#work;
    for (let pending = this.#waiting.first; pending !== undefined; pending = this.#waiting.first) {
      const batch = this.#gathered ?? new Batch(this.#sent?.tip ?? image, append);
      if (batch.isFullFor(pending)) return undefined;
      if (pending.command.repeatable && this.#mayBeRepeated(pending, image))
        return this.#isCommitted() ? this.#lookUp(pending, image) : undefined;
      const decided = decide(aggregate, this.#owner.id, batch.tip, pending.command, origin);
      if (decided instanceof Promise) {
        const asked = pending;
        return decided.then((later) => void this.#gather(batch, asked, later));
      }
      if (!this.#gather(batch, pending, decided)) return undefined;
    }
    return undefined;
  }

  #gather(batch: Batch<State>, pending: Pending<State>, decided: Decided<State>): boolean {
    if (!batch.add(pending, decided)) return false;
    this.#gathered = batch;
    this.#waiting.dropFirst();
    return true;
  }

  #isCommitted(): boolean {
    return this.#sent === undefined && this.#gathered === undefined;
  }

  #answerWithoutEvents(batch: Batch<State>, image: Image<State>): 'again' {
    const late = batch.entries.findIndex(({ pending }) => pending.arrival > this.#verified);
    const current = late === -1 ? batch.entries : batch.entries.slice(0, late);
    for (const entry of current) {
      const { unknown } = entry.pending;
      // An append of it may still be on its way, as long as the stream stands where that expected it.
      if (unknown?.version === image.version) refuse(entry.pending, unknown.error);
      answer(entry, image.position);
    }
    if (late === -1) return 'again';
    this.#waiting.putBack(batch.entries.slice(late));
    this.#behind = 'maybe';
    return 'again';
  }

  // Commands that may have come before

  #mayBeRepeated({ command, lookedUpTo }: Pending<State>, { version, commandIds }: Image<State>): boolean {
    const { id } = command.metadata;
    if (this.#sent?.has(id) || this.#gathered?.has(id)) return true;
    if (lookedUpTo === version) return false;
    return commandIds === undefined || commandIds.mayHave(id);
  }

  /** Reads the whole stream: it gives the image anew, and what the command has led to if it came before. */
  async #lookUp(pending: Pending<State>, { version }: Image<State>): Promise<void> {
    const { arrivals } = this.#waiting;
    const news: RecordedEvent[] = [];
    const events: Event[] = [];
    let first: Folded<State> | undefined;
    const seen = (event: RecordedEvent, folded: Folded<State>) => {
      if (event.version > version) news.push(event);
      if (event.metadata.causationId !== pending.command.metadata.id) return;
      events.push(event);
      first = folded;
    };
    try {
      this.#image = await this.#work.images.load(this.#owner.streamId, { withCommandIds: true, seen });
      this.#verified = arrivals;
    } catch (error) {
      return this.#readFailed(error);
    }
    if (this.#image.version !== version) this.#resolveUnknown(news);
    pending.lookedUpTo = this.#image.version;
    if (first !== undefined) accept(pending, { ...first, events });
    this.#waiting.dropAnswered();
  }

  // Reading

  async #load(): Promise<void> {
    const { arrivals } = this.#waiting;
    try {
      this.#image = await this.#work.images.load(this.#owner.streamId, {
        withCommandIds: this.#waiting.someRepeatable,
      });
      this.#verified = arrivals;
    } catch (error) {
      await this.#readFailed(error);
    }
  }

  async #catchUp(image: Image<State>): Promise<void> {
    const { arrivals } = this.#waiting;
    const news: RecordedEvent[] = [];
    try {
      this.#image = await this.#work.images.catchUp(this.#owner.streamId, image, (event) => news.push(event));
      if (news.length === 0 && this.#behind === 'surely')
        this.#image = await this.#work.images.reload(this.#owner.streamId, {
          withCommandIds: image.commandIds !== undefined,
          seen: (event) => event.version > image.version && news.push(event),
        });
      this.#behind = undefined;
      this.#verified = arrivals;
    } catch (error) {
      return this.#readFailed(error);
    }
    if (this.#image.version !== image.version) this.#resolveUnknown(news);
    this.#waiting.refuseExhausted(this.#work.retries);
  }

  #resolveUnknown(news: readonly RecordedEvent[]): void {
    this.#unknown.resolve(news);
    this.#waiting.forgetUnknown();
  }

  async #readFailed(error: unknown): Promise<void> {
    if (isRetryable(error)) {
      this.#waiting.countAttempt(error);
      this.#waiting.refuseExhausted(this.#work.retries);
      return this.#pause(error);
    }
    this.#image = undefined;
    this.#behind = undefined;
    this.#unknown.forget();
    this.#waiting.refuseAll(error);
  }

  /** Nobody waits for one who has just lost a race for the first time; who loses again had better let others by. */
  async #pause(error: unknown): Promise<void> {
    const { timing } = this.#work;
    const attempts = this.#waiting.mostAttempts;
    if (attempts === 0 || (attempts === 1 && error instanceof Conflict)) return;
    await timing.sleep(Math.min(longestPauseMs, 10 * 2 ** attempts) * (0.5 + timing.random() / 2));
  }

  // Committing

  #send(batch: Batch<State>): 'again' {
    const { streamId } = this.#owner;
    this.#sent = batch;
    const { arrivals } = this.#waiting;
    const arrived = (outcome: Outcome<State>) => {
      this.#outcome = outcome;
      this.#pump();
    };
    this.#append(streamId, batch).then(
      (result) => arrived({ batch, arrivals, result }),
      (error: unknown) => arrived({ batch, arrivals, error }),
    );
    return 'again';
  }

  async #append(streamId: string, { base, events }: Batch<State>): Promise<AppendResult> {
    return this.#work.store.append([{ streamId, expected: base.version, events }]);
  }

  #settle(outcome: Outcome<State>): Promise<void> | 'again' {
    this.#outcome = undefined;
    this.#sent = undefined;
    if ('error' in outcome) return this.#failed(outcome.batch, outcome.error);
    const { batch, arrivals, result } = outcome;
    const { commandIds } = this.#image!;
    for (const { pending, decided } of batch.entries)
      if (decided.kind === 'events' && pending.command.repeatable)
        commandIds?.add(pending.command.metadata.id);
    const committed = { ...this.#image!, ...batch.tip, position: result.position };
    this.#image = this.#work.images.keep(this.#owner.streamId, committed);
    this.#unknown.forget();
    this.#verified = arrivals;
    batch.answer(result.position);
    // Those who were just answered are about to send again: one turn of the event loop lets them into the next append. A single
    // caller has nobody to wait for.
    return batch.entries.length > 1 ? new Promise((resolve) => setImmediate(resolve)) : 'again';
  }

  #failed(batch: Batch<State>, error: unknown): Promise<void> | 'again' {
    const above = this.#gathered?.entries ?? [];
    this.#gathered = undefined;
    this.#behind = error instanceof Conflict && error.code === 'stream-conflict' ? 'surely' : 'maybe';
    this.#waiting.putBack([...batch.entries, ...above]);
    const pendings = batch.entries.map(({ pending }) => pending);
    if (mayHaveWritten(error)) this.#unknown.add(batch, error);
    if (isRetryable(error)) {
      countAttempt(pendings, error);
      return this.#pause(error);
    }
    // Something in it can't be written, and each must fail for itself.
    if (pendings.length === 1) refuse(pendings[0]!, error);
    else for (const pending of pendings) pending.alone = true;
    this.#waiting.dropAnswered();
    return 'again';
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof BanyanError && error.retryable;
}
