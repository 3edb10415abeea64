/** The epoch of PostgreSQL's clock, in milliseconds. */
const EPOCH_MS = 946_684_800_000;

/** The message that tells the server how far a reader is; confirmed at 0n leaves the slot where it is. */
export function standbyStatus(received: bigint, confirmed: bigint, askBack: boolean): Buffer {
  const status = Buffer.alloc(34);
  status[0] = 0x72;
  status.writeBigUInt64BE(received, 1);
  status.writeBigUInt64BE(confirmed, 9);
  status.writeBigUInt64BE(confirmed, 17);
  status.writeBigInt64BE(BigInt(Date.now() - EPOCH_MS) * 1000n, 25);
  status[33] = askBack ? 1 : 0;
  return status;
}
