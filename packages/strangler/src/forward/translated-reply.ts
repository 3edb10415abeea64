import type { Reply } from '../compare/reply.ts';
import { ask } from '../shadow/ask.ts';
import { translate } from '../translate/translation.ts';
import type { Translator } from '../translate/translator.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { Fields } from '../wire/fields.ts';
import type { Exchange } from './exchange.ts';

/**
 * Asks a candidate that speaks another protocol, and gives the client its translated reply, whole. Any failure of the
 * candidate or of the translator, and any 5xx where somebody stands in for it, calls `fallBack`.
 */
export async function answerTranslated(
  exchange: Exchange,
  upstream: Upstream,
  { translator, fallBack, alone }: { translator: Translator; fallBack: () => void; alone: boolean },
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
  if (exchange.clientGone) return;
  if (reply === undefined || (failed && !alone)) fallBack();
  else send(exchange, upstream.name, reply);
}

async function askTranslated(
  exchange: Exchange,
  upstream: Upstream,
  translator: Translator,
): Promise<Reply | undefined> {
  const { candidateMs, candidateBufferBytes } = exchange.context.limits;
  const body = Buffer.isBuffer(exchange.body) ? exchange.body : undefined;
  const { method, target, headers } = exchange;
  const translation = translate(translator, { method, url: target.url, headers, body });
  const reply = await ask(upstream, translation.request, { ms: candidateMs, bytes: candidateBufferBytes });
  return reply === undefined ? undefined : translation.reply(reply, candidateBufferBytes);
}

function send(exchange: Exchange, upstream: string, { status, headers, body }: Reply): void {
  const fields = new Fields();
  for (const [name, value] of headers) fields.add(name, value);
  exchange.head(upstream, {
    status,
    reason: '',
    fields,
    framing: body.length,
    length: body.length,
    keepAlive: true,
  });
  exchange.data(body);
  exchange.end(undefined);
}
