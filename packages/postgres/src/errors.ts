import { BanyanError, Conflict, Invalid, Terminal, toBanyanError, Unavailable } from '@banyan/runtime';

interface ServerError extends Error {
  /** SQLSTATE, or Node's name of a network error. */
  readonly code?: string;
  readonly detail?: string;
}

type ErrorClass = new (code: string, message: string, options: { cause: unknown }) => BanyanError;

const badText = [
  Invalid,
  'postgres-bad-text',
  'A text holds the character U+0000 or half a character, which PostgreSQL can not keep: leave it out.',
] as const;

/** What happens next, per exact code. No remedy quotes a URL, so none can leak a password. */
const known: Readonly<Record<string, readonly [ErrorClass, string, string]>> = {
  ECONNREFUSED: [
    Unavailable,
    'postgres-unreachable',
    'No PostgreSQL server answers there: start it, or correct the host and port in the URL.',
  ],
  ENOTFOUND: [
    Unavailable,
    'postgres-unreachable',
    "The PostgreSQL server's host name is not known: correct the host in the URL.",
  ],
  EAI_AGAIN: [
    Unavailable,
    'postgres-unreachable',
    "The PostgreSQL server's host name could not be looked up: check the network's DNS.",
  ],
  ETIMEDOUT: [
    Unavailable,
    'postgres-unreachable',
    'The PostgreSQL server does not answer in time: check the network between here and there.',
  ],
  EHOSTUNREACH: [
    Unavailable,
    'postgres-unreachable',
    'There is no way to the PostgreSQL server: check the network between here and there.',
  ],
  ECONNRESET: [Unavailable, 'postgres-connection-lost', 'The connection to PostgreSQL broke: try again.'],
  EPIPE: [Unavailable, 'postgres-connection-lost', 'The connection to PostgreSQL broke: try again.'],
  '28P01': [
    Terminal,
    'postgres-wrong-password',
    'PostgreSQL refused the password: correct the user or the password in the URL.',
  ],
  '28000': [
    Terminal,
    'postgres-access-refused',
    "PostgreSQL refuses this user from here: allow it in the server's pg_hba.conf.",
  ],
  '3D000': [
    Terminal,
    'postgres-no-database',
    'The database does not exist: create it, or correct its name in the URL.',
  ],
  '42501': [
    Terminal,
    'postgres-no-permission',
    "The database user lacks a right: have the database's owner grant it.",
  ],
  '53300': [
    Unavailable,
    'postgres-too-many-connections',
    'PostgreSQL has no connection left: lower the pools or raise max_connections.',
  ],
  '53100': [
    Unavailable,
    'postgres-disk-full',
    "The PostgreSQL server's disk is full: free some space there.",
  ],
  '40001': [
    Conflict,
    'postgres-serialization',
    'Another transaction changed the same rows first: try again.',
  ],
  '40P01': [
    Conflict,
    'postgres-deadlock',
    'Two transactions waited for each other and this one was ended: try again.',
  ],
  '55P03': [Unavailable, 'postgres-lock-not-available', 'A lock was not to be had in time: try again.'],
  '57014': [
    Unavailable,
    'postgres-canceled',
    'The statement was cancelled or took too long: try again, or raise statement_timeout.',
  ],
  // Decoding the log may meet one in a race with a table that is rewritten, and passes when it begins anew.
  XX000: [Unavailable, 'postgres-internal-error', 'PostgreSQL met an error within itself: look at its log.'],
  '25006': [
    Terminal,
    'postgres-read-only',
    'The server takes no writes (a standby?): use the URL of the primary.',
  ],
  '25P03': [
    Unavailable,
    'postgres-connection-lost',
    'A transaction did nothing for too long, and the server ended its session: try again.',
  ],
  '22P05': badText,
  '22021': badText,
};

/** By the first two characters, where no exact code is known. */
const knownClasses: Readonly<Record<string, readonly [ErrorClass, string, string]>> = {
  '08': [Unavailable, 'postgres-connection-lost', 'The connection to PostgreSQL broke: try again.'],
  '53': [Unavailable, 'postgres-out-of-resources', 'PostgreSQL is out of a resource: look at its log.'],
  '57': [
    Unavailable,
    'postgres-shutting-down',
    'PostgreSQL ended the session, or is starting or stopping: try again in a moment.',
  ],
  '58': [Unavailable, 'postgres-system-error', 'PostgreSQL met an error of its system: look at its log.'],
};

/** pg ends calls on a broken or exhausted connection with plain errors that carry no code. */
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|Connection ended|Client was closed)/i;
const noAnswerInTime = /^Query read timeout/i;
const noAnswer = [
  Unavailable,
  'postgres-connection-lost',
  'PostgreSQL did not answer in time, and the connection was given up: try again.',
] as const;
const noConnectionInTime = /^timeout exceeded when trying to connect/i;

/** Turns what the PostgreSQL client throws into an error of ours: a sentence with the remedy, the original as its cause. */
export function toPostgresError(caught: unknown): BanyanError {
  if (caught instanceof BanyanError) return caught;
  const error = unwrap(caught);
  const code = holdsHalfCharacter(error) ? '22P05' : (error?.code ?? '');
  const match =
    known[code] ?? knownClasses[code.length === 5 ? code.slice(0, 2) : ''] ?? byMessage(error?.message ?? '');
  if (match === undefined) return unknownError(caught, error);
  const [Class, name, remedy] = match;
  return new Class(name, `${remedy} (${error?.message})`, { cause: caught });
}

/** JSON with a lone surrogate has the code of any bad input. */
function holdsHalfCharacter(error: ServerError | undefined): boolean {
  return error?.code === '22P02' && /surrogate/.test(error.detail ?? '');
}

/** A host with several addresses fails with all their errors; one is enough to tell. */
function unwrap(caught: unknown): ServerError | undefined {
  if (caught instanceof AggregateError) return caught.errors[0];
  return caught instanceof Error ? caught : undefined;
}

function byMessage(message: string): readonly [ErrorClass, string, string] | undefined {
  if (lostConnection.test(message)) return knownClasses['08'];
  if (noAnswerInTime.test(message)) return noAnswer;
  if (noConnectionInTime.test(message)) {
    return [
      Unavailable,
      'postgres-unreachable',
      'No connection to PostgreSQL was to be had in time: it does not answer, or the pool is too small.',
    ];
  }
  return undefined;
}

function unknownError(caught: unknown, error: ServerError | undefined): BanyanError {
  if (error?.code?.length !== 5) return toBanyanError(caught);
  const detail = error.detail === undefined ? '' : ` ${error.detail}`;
  return new Terminal(
    `postgres-${error.code}`,
    `PostgreSQL refused a statement: ${error.message}.${detail}`,
    { cause: caught },
  );
}
