import type { Reply } from '../compare/reply.ts';
import { ask } from '../shadow/ask.ts';
import type { Capture } from '../shadow/capture.ts';
import { translate } from '../translate/translation.ts';
import type { Translator } from '../translate/translator.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { Fields } from '../wire/fields.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { Exchange } from './exchange.ts';

/** How a translated reply is come by, and what becomes of it. */
export interface TranslatedAnswer {
  readonly translator: Translator;
  /** Called where the client has no reply yet and won't get one from here. */
  readonly fallBack: () => void;
  /** Whether nobody stands in for the candidate, so that its own 5xx is passed on. */
  readonly alone: boolean;
  /** Takes the translated reply, where it will be compared. */
  readonly capture: Capture | undefined;
}

/**
 * Asks a candidate that speaks another protocol, and gives the client its translated reply, whole. Any failure of the
 * candidate or of the translator, and any 5xx where somebody stands in for it, calls `fallBack`.
 */
export async function answerTranslated(
  exchange: Exchange,
  upstream: Upstream,
  { translator, fallBack, alone, capture }: TranslatedAnswer,
): Promise<void> {
  const { context } = exchange;
  const startedAt = performance.now();
  context.totals.asked(upstream.name, 'requests');
  const reply = await askTranslated(exchange, upstream, translator).catch(() => undefined);
  const failed = reply === undefined || reply.status >= 500;
  exchange.evidence?.candidate.add(performance.now() - startedAt, failed);
  if (failed) context.totals.asked(upstream.name, reply === undefined ? 'failures' : 'serverErrors');
  if (failed) upstream.breaker.failed(performance.now());
  else upstream.breaker.succeeded();
  const answers = !exchange.clientGone && reply !== undefined && (alone || !failed);
  if (answers) send(exchange, upstream.name, reply, capture);
  else {
    capture?.abandon();
    if (!exchange.clientGone) fallBack();
  }
}

async function askTranslated(
  exchange: Exchange,
  upstream: Upstream,
  translator: Translator,
): Promise<Reply | undefined> {
  const { candidateBufferBytes } = exchange.context.limits;
  const body = Buffer.isBuffer(exchange.body) ? exchange.body : undefined;
  const { method, target, headers } = exchange;
  const translation = translate(translator, { method, url: target.url, headers, body });
  const reply = await ask(upstream, translation.request, candidateBufferBytes);
  return reply === undefined ? undefined : translation.reply(reply, candidateBufferBytes);
}

function send(
  exchange: Exchange,
  upstream: string,
  { status, headers, body }: Reply,
  capture: Capture | undefined,
): void {
  const fields = new Fields();
  for (const [name, value] of headers) fields.add(name, value);
  const head: ReplyHead = {
    status,
    reason: '',
    fields,
    framing: body.length,
    length: body.length,
    keepAlive: true,
  };
  exchange.head(upstream, head);
  exchange.data(body);
  exchange.end(undefined);
  capture?.head(head);
  capture?.data(body);
  capture?.complete();
}
