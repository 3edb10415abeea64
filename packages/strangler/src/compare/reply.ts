/** A whole reply, as it is compared. The body is as it came over the wire. */
export interface Reply {
  readonly status: number;
  /** Names in lower case; values of one name joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A difference between two replies; a side is absent where it has nothing there. */
export interface Difference {
  /** `status`, `header content-type`, `body`, or a JSON path such as `items[3].price`. */
  readonly at: string;
  readonly owner?: string;
  readonly candidate?: string;
}
