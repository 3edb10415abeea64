/** A class without its package; a file as it is. */
export function shortName(id: string): string {
  return id.includes('/') || /\.[a-z]{1,4}$/.test(id) ? id : id.split('.').at(-1)!;
}
