/** Headers of a reply: names in lower case, values of one name joined with ", ". A `Map` is such. */
export interface ReplyHeaders extends Iterable<readonly [name: string, value: string]> {
  get(name: string): string | undefined;
}

/** A whole reply, as it is compared. The body is as it came over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Buffer;
}

/** A difference between two replies; a side is absent where it has nothing there. */
export interface Difference {
  /**
   * `status`, `header content-type`, `body`, `line 12`, a JSON path such as `items[3].price`, or a place in a document
   * such as `html > body > p[2] @class`. Of several that are alike but for an index, the first.
   */
  readonly at: string;
  readonly owner?: string;
  readonly candidate?: string;
  /** Set where one side has nothing there or another type, and not only another value. */
  readonly shape?: true;
  /** Set where an array has the same items in another order; only looked for where noise is learnt. */
  readonly order?: true;
}
