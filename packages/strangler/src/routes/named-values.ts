/** Headers of a request by their names in lower case. */
export interface NamedValues {
  get(name: string): string | undefined;
}

/** No headers at all. */
export const noValues: NamedValues = { get: () => undefined };
