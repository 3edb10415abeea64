import type { Schemas } from '../contract/contract.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Origin } from '../message/message.ts';
import type { Timing } from '../timing/timing.ts';
import type { Aggregate } from './aggregate.ts';
import type { BatchLimits } from './batch.ts';
import type { Image } from './image.ts';
import type { Images } from './images.ts';

/** What all mailboxes of one kind of aggregate share. */
export interface MailboxWork<State, Commands extends Schemas, Events extends Schemas> {
  readonly store: EventStore;
  readonly aggregate: Aggregate<State, Commands, Events>;
  readonly images: Images<State, Commands, Events>;
  readonly origin: Origin;
  readonly timing: Timing;
  /** How often a command is decided again. */
  readonly retries: number;
  /** Commands that may wait or run. */
  readonly limit: number;
  readonly append: BatchLimits;
}

/** Whose commands these are, and what is to be done when there are none left. */
export interface MailboxOwner<State> {
  readonly id: string;
  readonly streamId: string;
  /** Gets the image back; the mailbox is not used any more. */
  readonly idle: (image: Image<State> | undefined) => void;
}
