import type { Reply } from '../compare/reply.ts';
import { HeadersByName } from '../forward/reply-headers.ts';
import { joined } from '../wire/joined.ts';
import type { ReplyHead } from '../wire/reply-head.ts';

/** Who takes a captured reply. Exactly one of the two is called, once. */
export interface CaptureEnd {
  captured(reply: Reply): void;
  /** There is nothing to compare: the reply broke off, is an error of the side that answered, or is too long. */
  abandoned(tooLong: boolean): void;
}

/** Copies a reply on its way to the client, up to a limit. */
export class Capture {
  readonly #maxBytes: number;
  #end: CaptureEnd | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #head: ReplyHead | undefined;

  constructor(maxBytes: number, end: CaptureEnd) {
    this.#maxBytes = maxBytes;
    this.#end = end;
  }

  head(head: ReplyHead): void {
    this.#head = head;
    if (head.status >= 500) this.abandon();
  }

  data(chunk: Buffer): void {
    if (this.#end === undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.abandon(true);
    else this.#chunks.push(chunk);
  }

  complete(): void {
    const end = this.#take();
    if (end === undefined) return;
    const { status, fields } = this.#head!;
    end.captured({ status, headers: new HeadersByName(fields), body: joined(this.#chunks) });
    this.#chunks = [];
  }

  abandon(tooLong = false): void {
    this.#chunks = [];
    this.#take()?.abandoned(tooLong);
  }

  #take(): CaptureEnd | undefined {
    const end = this.#end;
    this.#end = undefined;
    return end;
  }
}
