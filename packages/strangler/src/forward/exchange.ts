import type { BodySource, ClientListener, ClientStream } from '../client/client-stream.ts';
import type { Decoration } from '../events/decoration.ts';
import type { EvidenceWindow } from '../evidence/evidence-window.ts';
import type { FinishedRequest } from '../operations/finished-request.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { RequestSpan } from '../tracing/tracing.ts';
import type { UpstreamFailure } from '../upstream/failure.ts';
import type { UpstreamRequest } from '../upstream/upstream-request.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { RequestRefused } from '../wire/request-refused.ts';
import { type Problem, problemOf, problemReply } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { replyHeaders } from './reply-headers.ts';
import type { RequestTarget } from './request-target.ts';

/** One request of a user and the reply to it, whoever gives the reply. */
export class Exchange implements ClientListener {
  readonly context: ProxyContext;
  readonly stream: ClientStream;
  readonly target: RequestTarget;
  /** Headers for upstreams: name, value, name, value. */
  readonly headers: string[];
  /** Set once it is known, which may take the body. */
  route: CompiledRoute | undefined;
  /** The body for upstreams: as it comes, or whole where it was read to be looked at or sent twice. */
  body: BodySource | Buffer | undefined;
  /** Whether that was tried: a body that is too long stays as it comes. */
  bodyRead = false;
  /** Whether a developer's own instance answers, which says nothing about the candidate. */
  isolated = false;
  /** Holds the reply back until the event that it stands for is written down. */
  decoration: Decoration | undefined;
  #held: { readonly upstream: string; readonly head: ReplyHead; readonly close: boolean } | undefined;
  /** A `Set-Cookie` to make the client known. */
  stickyCookie: string | undefined;
  /** Set when the client has gone before its reply was whole. */
  clientGone = false;
  /** The span of the request, where spans are made. */
  span: RequestSpan | undefined;
  /** Breaks off the attempt under way. */
  cancel: (() => void) | undefined;
  /** When it was made to wait for another owner of its route, as `performance.now()` has it. */
  heldSince: number | undefined;
  /** Told once when it has ended. */
  left: (() => void) | undefined;
  /** Lets the attempt under way go on after a pause. */
  resume: (() => void) | undefined;
  readonly #startedAt = performance.now();
  #status: number | undefined;
  #bytes = 0;
  #answeredBy: string | undefined;

  constructor(
    context: ProxyContext,
    stream: ClientStream,
    rest: { target: RequestTarget; headers: string[] },
  ) {
    this.context = context;
    this.stream = stream;
    this.target = rest.target;
    this.headers = rest.headers;
    this.body = stream.body;
    stream.listener = this;
  }

  get method(): string {
    return this.stream.request.method;
  }

  get hasBody(): boolean {
    return this.stream.body !== undefined;
  }

  /** The open window of evidence, where a route matched. */
  get evidence(): EvidenceWindow | undefined {
    if (this.route === undefined || this.isolated) return undefined;
    return this.context.evidence.window(this.route);
  }

  /** The request as upstreams get it. */
  get upstreamRequest(): UpstreamRequest {
    const { method, expectsContinue } = this.stream.request;
    const { body, headers, target } = this;
    // Who has read the body has told the client to send it.
    const waits = expectsContinue && !Buffer.isBuffer(body) && body === this.stream.body;
    return { method, path: target.url, headers, body, expectsContinue: waits };
  }

  /** Passes an interim reply on. */
  interim(head: ReplyHead): void {
    this.stream.interim(head.status, head.reason, replyHeaders(head, false));
  }

  /** Begins the reply. */
  head(upstream: string, head: ReplyHead, close = false): void {
    if (this.decoration === undefined) this.#begin(upstream, head, close);
    else this.#held = { upstream, head, close };
  }

  #begin(upstream: string, head: ReplyHead, close: boolean): void {
    const { context } = this;
    const headers = replyHeaders(head, this.stream.request.version !== '1.0');
    if (context.presentation.via !== false) headers.push('via', `1.1 ${context.presentation.via}`);
    if (this.stickyCookie !== undefined) headers.push('set-cookie', this.stickyCookie);
    if (context.debugHeaders) this.#debug(headers, upstream);
    const { status, reason, length } = head;
    this.stream.begin({ status, reason, headers, length, close });
    this.#status = status;
    this.#answeredBy = upstream;
    context.totals.answered(status);
  }

  /** Sends a part of the body; false asks for a pause until `resume` is called. */
  data(piece: Buffer): boolean {
    if (this.#held !== undefined) return this.decoration!.hold(piece) || this.#release();
    this.#bytes += piece.length;
    return this.stream.write(piece);
  }

  /** Ends the reply. */
  end(trailers: readonly string[] | undefined): void {
    if (this.#held === undefined) {
      this.stream.end(trailers);
      this.#finish();
      return;
    }
    void this.decoration!.record(this.#held.head).then(() => {
      if (this.clientGone) return;
      this.#release();
      this.stream.end(trailers);
      this.#finish();
    });
  }

  /** The client was given to an upstream that speaks another protocol with it. */
  switched(upstream: string): void {
    this.#status = 101;
    this.#answeredBy = upstream;
    this.#finish();
  }

  /** The upstream failed before anything was sent: the client gets a problem. */
  problem(failure: UpstreamFailure, upstream: string, close = false): void {
    this.context.totals.failed(failure.kind);
    this.#answeredBy = upstream;
    this.#answer(problemOf(failure, upstream), failure.kind, close);
  }

  /** The upstream failed in mid-body: the client must not take what it has for the whole. */
  broken(): void {
    this.context.totals.failed('broken');
    if (this.#held === undefined) {
      this.stream.breakOff();
      this.#finish('broken');
    } else {
      const problem = { status: 502, detail: 'The reply broke off.', upstream: this.#held.upstream };
      this.#answer(problem, 'broken');
    }
  }

  drained(): void {
    this.resume?.();
  }

  gone(): void {
    this.clientGone = true;
    // What is to become an event has its effect whether somebody waits for the reply or not.
    if (this.decoration === undefined) this.cancel?.();
    this.#finish('client-gone');
  }

  refused({ status, message }: RequestRefused): void {
    this.clientGone = true;
    this.cancel?.();
    this.context.totals.count('refused');
    this.#answer({ status, detail: message }, 'refused', true);
  }

  /** Sends what was held back; from now on the reply streams. Returns whether more may come at once. */
  #release(): boolean {
    const { upstream, head, close } = this.#held!;
    this.#held = undefined;
    this.#begin(upstream, head, close);
    let flowing = true;
    for (const piece of this.decoration!.take()) {
      this.#bytes += piece.length;
      flowing = this.stream.write(piece);
    }
    return flowing;
  }

  #answer(problem: Problem, outcome: string, close = false): void {
    const { start, body } = problemReply(problem);
    this.context.totals.answered(problem.status);
    this.#status = problem.status;
    this.#bytes = body.length;
    this.stream.begin({ ...start, close });
    this.stream.write(body);
    this.stream.end();
    this.#finish(outcome);
  }

  #finish(outcome?: string): void {
    this.left?.();
    this.left = undefined;
    const ms = performance.now() - this.#startedAt;
    this.context.durations.add(ms);
    if (this.context.finished === undefined && this.span === undefined) return;
    const finished = this.#finished(ms, outcome);
    this.context.finished?.(finished);
    this.span?.end(finished);
    this.span = undefined;
  }

  #finished(ms: number, outcome: string | undefined): FinishedRequest {
    const { request, remoteAddress } = this.stream;
    const route = this.route;
    return {
      at: new Date(),
      client: remoteAddress,
      method: request.method,
      path: this.target.path,
      version: request.version,
      status: this.#status,
      bytes: this.#bytes,
      ms: Math.round(ms * 100) / 100,
      upstream: this.#answeredBy,
      route: route?.route.name,
      revision: route === undefined ? undefined : String(route.revision),
      outcome,
      trace: /^[\da-f]{2}-([\da-f]{32})-/.exec(request.fields.get('traceparent') ?? '')?.[1],
    };
  }

  #debug(headers: string[], upstream: string): void {
    headers.push('x-banyan-upstream', upstream);
    if (this.route === undefined) return;
    headers.push('x-banyan-route', this.route.route.name, 'x-banyan-revision', String(this.route.revision));
  }
}
