import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EvidenceWindow } from '../evidence/evidence-window.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { UpstreamFailure } from './failure.ts';
import { answerProblem, problemOf } from './problem.ts';
import type { ProxyContext } from './proxy-context.ts';
import { replyHeaders } from './reply-headers.ts';
import { hasBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';

/** One request of a user and the reply to it, whoever gives the reply. */
export class Exchange {
  readonly context: ProxyContext;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly target: RequestTarget;
  /** Headers for upstreams: name, value, name, value. */
  readonly headers: string[];
  readonly route: CompiledRoute | undefined;
  readonly method: string;
  readonly hasBody: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** A `Set-Cookie` to make the client known. */
  stickyCookie: string | undefined;
  /** Set when the client has gone before its reply was whole. */
  clientGone = false;
  /** Breaks off the attempt under way. */
  cancel: (() => void) | undefined;
  #waitsForDrain = false;

  constructor(
    context: ProxyContext,
    req: IncomingMessage,
    res: ServerResponse,
    rest: {
      target: RequestTarget;
      headers: string[];
      route: CompiledRoute | undefined;
      expectsContinue: boolean;
    },
  ) {
    this.context = context;
    this.req = req;
    this.res = res;
    this.target = rest.target;
    this.headers = rest.headers;
    this.route = rest.route;
    this.method = req.method!;
    this.hasBody = hasBody(req);
    this.expectsContinue = rest.expectsContinue;
    res.once('close', () => this.#closed());
  }

  /** The open window of evidence, where a route matched. */
  get evidence(): EvidenceWindow | undefined {
    return this.route === undefined ? undefined : this.context.evidence.window(this.route);
  }

  /** Lets a client that waits for it send its body. */
  continue(): void {
    if (this.expectsContinue && !this.res.headersSent) this.res.writeContinue();
  }

  /** Begins the reply. Throws where the upstream's headers can't be sent on. */
  head(upstream: string, status: number, raw: readonly Buffer[], statusText: string): void {
    const { res, context } = this;
    const reply = replyHeaders(
      raw,
      this.method !== 'HEAD' && this.req.httpVersion !== '1.0' && mayHaveBody(status),
    );
    const { headers } = reply;
    if (context.presentation.via !== false) headers.push('via', `1.1 ${context.presentation.via}`);
    if (this.stickyCookie !== undefined) headers.push('set-cookie', this.stickyCookie);
    if (context.draining) headers.push('connection', 'close');
    if (context.debugHeaders) this.#debug(headers, upstream);
    res.writeHead(status, statusText, headers);
    context.totals.answered(status);
    // A reply without a length is a stream: its head must not wait for its first part.
    if (!reply.sized) process.nextTick(flushHead, res);
  }

  /** Sends a part of the body; false asks for a pause until `resume` is called. */
  data(chunk: Buffer, resume: () => void): boolean {
    if (this.res.write(chunk)) return true;
    if (!this.#waitsForDrain) {
      this.#waitsForDrain = true;
      this.res.once('drain', () => {
        this.#waitsForDrain = false;
        resume();
      });
    }
    return false;
  }

  /** Ends the reply. */
  end(trailers: readonly Buffer[] | null): void {
    const { res } = this;
    if (trailers !== null && trailers.length > 0 && res.chunkedEncoding) addTrailers(res, trailers);
    res.end();
    if (!this.req.complete) this.#linger();
  }

  /** The upstream failed before anything was sent: the client gets a problem. */
  problem(failure: UpstreamFailure, upstream: string): void {
    const { res, context } = this;
    context.totals.failed(failure.kind);
    const problem = problemOf(failure, upstream);
    context.totals.answered(problem.status);
    const refusesBody = this.expectsContinue && !this.req.complete;
    answerProblem(res, problem, context.draining || refusesBody);
    if (!this.req.complete) this.#linger();
  }

  /** The upstream failed in mid-body: the client must not take what it has for the whole. */
  broken(): void {
    this.context.totals.failed('broken');
    // Without a length or chunks only a reset tells a broken reply from a whole one.
    if (this.req.httpVersion === '1.0') this.res.socket?.resetAndDestroy();
    else this.res.destroy();
  }

  #closed(): void {
    if (this.res.writableFinished) return;
    this.clientGone = true;
    this.cancel?.();
  }

  #linger(): void {
    const { socket } = this.req;
    const timer = setTimeout(() => socket.destroy(), this.context.limits.lingerMs).unref();
    this.req.once('close', () => clearTimeout(timer));
    this.req.resume();
  }

  #debug(headers: string[], upstream: string): void {
    headers.push('x-banyan-upstream', upstream);
    if (this.route === undefined) return;
    headers.push('x-banyan-route', this.route.route.name, 'x-banyan-revision', String(this.route.revision));
  }
}

function flushHead(res: ServerResponse): void {
  if (!res.destroyed) res.flushHeaders();
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304;
}

function addTrailers(res: ServerResponse, raw: readonly Buffer[]): void {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push([raw[index]!.toString('latin1'), raw[index + 1]!.toString('latin1')]);
  }
  try {
    res.addTrailers(pairs);
  } catch {
    // Trailers that can't be sent on are left out: the body before them is whole.
  }
}
