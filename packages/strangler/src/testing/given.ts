import assert from 'node:assert/strict';
import type { TranslatedReply, TranslatedRequest, Translator } from '../translate/translator.ts';

/** What a test says of a request; the rest is GET, no headers and no body. */
export type SaidRequest = Partial<TranslatedRequest> & Pick<TranslatedRequest, 'url'>;

/** What a test says of a reply; the rest is status 200, no headers and no body. */
export type SaidReply = Partial<TranslatedReply>;

/** A client's request that waits for what is expected. Every `then` throws an assertion error where it is otherwise. */
export interface GivenRequest {
  /** The candidate is asked exactly this. */
  thenAsks(request: SaidRequest): GivenRequest;
  /** The translator throws, which counts as a failure of the candidate: the owner answers. */
  thenFails(reason?: RegExp): void;
  /** The candidate replies so. */
  when(reply?: SaidReply): RepliedRequest;
}

/** A reply of the candidate that waits for what is expected. */
export interface RepliedRequest {
  /** The client gets exactly this. */
  then(reply: SaidReply): void;
  /** The translator throws, which counts as a failure of the candidate: the owner answers. */
  thenFails(reason?: RegExp): void;
}

/**
 * A specification of a translator: given a client's request, then the candidate is asked that; when it replies so, then the
 * client gets that. Each function is called twice, with values that can't be changed, for it must be pure; a method, a status or
 * a name of a header that the proxy could not send is an error.
 */
export function given(translator: Translator, request: SaidRequest): GivenRequest {
  const asked = requestOf(request);
  const asks = () => checkedRequest(twice(() => translator.request?.(frozen(asked)) ?? asked));
  const specification: GivenRequest = {
    thenAsks(expected) {
      assert.deepStrictEqual(asks(), requestOf(expected));
      return specification;
    },
    thenFails: (reason) => fails(asks, reason),
    when(reply = {}) {
      const replied = replyOf(reply);
      const gets = () =>
        checkedReply(twice(() => translator.reply?.(frozen(replied), frozen(asked)) ?? replied));
      return {
        // biome-ignore lint/suspicious/noThenProperty: the word of the specification; nobody awaits this object.
        then: (expected) => assert.deepStrictEqual(gets(), replyOf(expected)),
        thenFails: (reason) => fails(gets, reason),
      };
    },
  };
  return specification;
}

function requestOf({ method = 'GET', url, headers = {}, body = '' }: SaidRequest): TranslatedRequest {
  return { method, url, headers: { ...headers }, body };
}

function replyOf({ status = 200, headers = {}, body = '' }: SaidReply): TranslatedReply {
  return { status, headers: { ...headers }, body };
}

function frozen<Message extends TranslatedRequest | TranslatedReply>(message: Message): Message {
  const copy: Message = { ...message, headers: { ...message.headers } };
  Object.freeze(copy.headers);
  return Object.freeze(copy);
}

function twice<Result>(call: () => Result): Result {
  const result = call();
  assert.deepStrictEqual(call(), result, 'The translator gives another result for the same: it is not pure.');
  return result;
}

function checkedRequest(request: TranslatedRequest): TranslatedRequest {
  const { method, url } = request;
  assert.match(method, /^[A-Z]+$/, `The method ${JSON.stringify(method)} is none: capital letters.`);
  assert.match(
    url,
    /^\/\S*$/,
    `The URL ${JSON.stringify(url)} is no path: it begins with "/" and has no blanks.`,
  );
  return checked(request);
}

function checkedReply(reply: TranslatedReply): TranslatedReply {
  const { status } = reply;
  const isStatus = Number.isInteger(status) && status >= 200 && status < 600;
  assert.ok(isStatus, `The status ${status} can't be sent: a whole number from 200 to 599.`);
  return checked(reply);
}

function checked<Message extends TranslatedRequest | TranslatedReply>(message: Message): Message {
  assert.equal(typeof message.body, 'string', `The body is no text, but ${typeof message.body}.`);
  for (const [name, value] of Object.entries(message.headers)) {
    assert.match(
      name,
      /^[!#$%&'*+\-.^_`|~0-9a-z]+$/,
      `The header ${JSON.stringify(name)} is no name in lower case.`,
    );
    assert.match(
      String(value),
      /^[\t\x20-\x7e\x80-\xff]*$/,
      `The value of the header ${name} can't be sent.`,
    );
  }
  return message;
}

/** Whatever throws but a specification that does not hold. */
function fails(act: () => unknown, reason: RegExp | undefined): void {
  const held = (error: unknown) => {
    if (error instanceof assert.AssertionError) throw error;
    if (reason !== undefined) assert.match(String(error), reason);
    return true;
  };
  assert.throws(act, held, 'The translator was expected to throw, and did not.');
}
