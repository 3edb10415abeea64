import { isSecretName } from '../compare/redact.ts';

const mostRequests = 10_000;
const longestBody = 65_536;
const longestUrl = 8_192;
const mostSeconds = 86_400;
/** Of a whole recording, so that long requests don't fill the memory. */
const mostBytes = 67_108_864;

/** What tells who the client is or how it came here: never recorded. */
const left =
  /^(cookie|forwarded|via|x-forwarded-.*|host|content-length|connection|accept-encoding|banyan-.*|traceparent)$/;

/** How much is recorded. */
export interface RecordingOptions {
  /** Requests, at most 10,000. */
  readonly requests: number;
  /** Share of the reads (0..1) that is taken. */
  readonly sample: number;
  /** After how many seconds it ends if nobody has ended it, and what was recorded is forgotten. Default a day, which is the most. */
  readonly seconds?: number;
}

/** A read that a client sent, without what is secret. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query; values of parameters that are named like secrets are replaced. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, with what is named like a secret replaced. */
  readonly body?: string;
}

/** A recording as far as it is. */
export interface Recording {
  readonly wanted: number;
  readonly requests: readonly RecordedRequest[];
}

/** How far a recording is. */
export interface RecordingProgress {
  /** 0 where nobody records. */
  readonly wanted: number;
  readonly recorded: number;
  /** Whether it has as many bytes as it may have: 64 MiB. */
  readonly full: boolean;
}

/** Takes a bounded, redacted sample of the reads that pass. Costs nothing while nobody records. */
export class Recorder {
  readonly #random: () => number;
  #wanted = 0;
  #sample = 0;
  #requests: RecordedRequest[] = [];
  #bytes = 0;
  #ending: NodeJS.Timeout | undefined;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Begins anew; what was recorded before is gone. */
  start({ requests, sample, seconds = mostSeconds }: RecordingOptions): void {
    this.stop();
    this.#ending = setTimeout(() => this.stop(), Math.min(seconds, mostSeconds) * 1_000).unref();
    this.#wanted = Math.min(requests, mostRequests);
    this.#sample = sample;
  }

  /** Ends the recording. */
  stop(): void {
    clearTimeout(this.#ending);
    this.#wanted = 0;
    this.#requests = [];
    this.#bytes = 0;
  }

  /** Whether another request is wanted. */
  get wants(): boolean {
    return this.#requests.length < this.#wanted && this.#bytes < mostBytes;
  }

  /** Offers a read; headers as name, value, name, value. */
  offer(method: string, url: string, headers: readonly string[], body: Buffer | undefined): void {
    if (!this.wants || url.length > longestUrl || this.#random() >= this.#sample) return;
    const text = body === undefined || body.length === 0 ? undefined : redactedJson(body);
    // A body that can't be redacted is not recorded, and without it the request means something else.
    if (text === null) return;
    const kept = { method, url: redactedUrl(url), headers: redactedHeaders(headers) };
    this.#bytes += sizeOf(kept.url, kept.headers) + (text?.length ?? 0);
    this.#requests.push(text === undefined ? kept : { ...kept, body: text });
  }

  /** How much was recorded so far. */
  get progress(): RecordingProgress {
    return { wanted: this.#wanted, recorded: this.#requests.length, full: this.#bytes >= mostBytes };
  }

  /** What was recorded so far. */
  get recording(): Recording {
    return { wanted: this.#wanted, requests: this.#requests };
  }
}

function sizeOf(url: string, headers: Readonly<Record<string, string>>): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, url.length);
}

function redactedHeaders(headers: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    if (!left.test(name) && !isSecretName(name)) kept[name] = headers[index + 1]!;
  }
  return kept;
}

function redactedUrl(url: string): string {
  const at = url.indexOf('?');
  if (at === -1) return url;
  const pairs = url
    .slice(at + 1)
    .split('&')
    .map((pair) => (isSecretName(pair.split('=', 1)[0]!) ? `${pair.split('=', 1)[0]}=redacted` : pair));
  return `${url.slice(0, at)}?${pairs.join('&')}`;
}

/** Null where it is too long or no JSON. */
function redactedJson(body: Buffer): string | null {
  if (body.length > longestBody) return null;
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')), (name, value: unknown) =>
      name !== '' && isSecretName(name) && value !== null ? '[redacted]' : value,
    );
  } catch {
    return null;
  }
}
