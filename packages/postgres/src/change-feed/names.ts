/** What a change feed's slot is called on the source. */
export function slotName(name: string): string {
  return `banyan_${name}`;
}

/** What a change feed's publication is called on the source. */
export function publicationName(name: string): string {
  return `banyan_${name}`;
}
