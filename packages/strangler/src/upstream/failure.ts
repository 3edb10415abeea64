import type { FailureKind } from '../proxy-totals.ts';
import { HeadTooLong } from '../wire/head-reader.ts';
import { Malformed } from '../wire/malformed.ts';
import { ConnectionLost } from './connection-lost.ts';

/** Why an upstream gave no whole reply. */
export class UpstreamFailure extends Error {
  readonly kind: Exclude<FailureKind, 'serverErrors'>;
  /** Whether no byte of a reply was seen, so that a read may be sent again. */
  readonly unheard: boolean;

  constructor(
    kind: UpstreamFailure['kind'],
    message: string,
    options: { cause?: unknown; unheard?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.unheard = options.unheard ?? false;
  }
}

const late = {
  connecting: 'could not be connected to in time (limit `connectMs`)',
  sending: 'stopped taking the request (limit `bodyMs`)',
  waiting: 'did not begin to reply in time (limit `headersMs`)',
  head: 'did not begin to reply in time (limit `headersMs`)',
  body: 'stopped in the middle of its reply (limit `bodyMs`)',
  idle: 'was silent',
};

/** Names what went wrong with an upstream from the error of its connection. */
export function toUpstreamFailure(upstream: string, error: Error): UpstreamFailure {
  if (!(error instanceof ConnectionLost))
    return new UpstreamFailure('unreachable', String(error), { cause: error });
  const { cause, during, how } = error;
  if (how === 'late') {
    return new UpstreamFailure('timedOut', `The upstream "${upstream}" ${late[during]}.`, { cause: error });
  }
  if (cause instanceof HeadTooLong) {
    const message = `The head of the reply of the upstream "${upstream}" is too long (limit \`headerBytes\`).`;
    return new UpstreamFailure('unreachable', message, { cause: error });
  }
  if (cause instanceof Malformed) {
    const message = `The upstream "${upstream}" gave a reply that is not valid HTTP/1.1: ${cause.message}.`;
    return new UpstreamFailure('unreachable', message, { cause: error });
  }
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? error.message;
  const what = during === 'connecting' ? 'could not be reached' : 'hung up';
  return new UpstreamFailure('unreachable', `The upstream "${upstream}" ${what} (${code}).`, {
    cause: error,
    unheard: during === 'waiting' || during === 'sending',
  });
}
