/** A request as a translator sees it: names of headers in lower case, the body as text. */
export interface TranslatedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A reply as a translator sees it, its content encoding undone. */
export interface TranslatedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Lets a candidate speak another protocol than its clients: XML or forms there and JSON here, an older version of an API and a
 * newer one. Pure functions; one that throws counts as a failure of the candidate.
 */
export interface Translator {
  /** What the candidate is asked instead. Default the same. */
  readonly request?: (request: TranslatedRequest) => TranslatedRequest;
  /** What the client gets, and what is compared with the owner's reply. Default the same. */
  readonly reply?: (reply: TranslatedReply, request: TranslatedRequest) => TranslatedReply;
}
