/** Options that every error of Banyan takes. */
export interface BanyanErrorOptions {
  /** What went wrong underneath. */
  readonly cause?: unknown;
  /** Facts for programs: they travel with the error over HTTP, so no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The base of every error that Banyan throws. Subclasses are named by what happens next, and `code` is stable
 * (`stream-conflict`, `wal-unbounded`): programs test the class or the code, never the sentence.
 */
export abstract class BanyanError extends Error {
  /** Whether the same call may succeed later without a change. */
  abstract readonly retryable: boolean;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: BanyanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The input breaks its contract; the sender must change it. Nothing was changed. */
export class Invalid extends BanyanError {
  override readonly retryable = false;
}

/** The input is well-formed and a rule of the domain refuses it. Nothing was changed. */
export class Rejected extends BanyanError {
  override readonly retryable = false;
}

/** What was asked for does not exist. */
export class NotFound extends BanyanError {
  override readonly retryable = false;
}

/** Somebody else changed the same thing first: load it again and decide again. */
export class Conflict extends BanyanError {
  override readonly retryable = true;
}

/** A part that is needed does not answer, or a limit is reached: the same call may succeed later. */
export class Unavailable extends BanyanError {
  override readonly retryable = true;
}

/** Going on would be wrong; a person must look. */
export class Terminal extends BanyanError {
  override readonly retryable = false;
}

/** Turns anything caught into an error of ours; what is not known to be temporary is `Terminal`. */
export function toBanyanError(caught: unknown): BanyanError {
  if (caught instanceof BanyanError) return caught;
  const message = caught instanceof Error ? caught.message : String(caught);
  return new Terminal('unexpected', message, { cause: caught });
}
