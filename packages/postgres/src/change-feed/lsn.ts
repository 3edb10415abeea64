/** A position of PostgreSQL's log as it writes it, `16/B374D848`, from our own form. */
export function formatLsn(position: bigint): string {
  return `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Our own form of a position as PostgreSQL writes it. @throws Error when the text is no position. */
export function parseLsn(text: string): bigint {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (match === null)
    throw new Error(`${JSON.stringify(text)} is no position of a write-ahead log, such as 16/B374D848`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}
