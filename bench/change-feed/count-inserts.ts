/** Counts the inserts in messages of pgoutput (protocol version 1) that a line feed ends each. */
export function countInserts(received: Buffer): number {
  let inserts = 0;
  for (let offset = 0; offset < received.length; ) {
    const kind = String.fromCharCode(received[offset]!);
    if (kind === 'I') inserts += 1;
    offset = endOf(kind, received, offset + 1);
    if (received[offset] !== 0x0a) throw new Error(`A message ${kind} ends wrongly at byte ${offset}.`);
    offset += 1;
  }
  return inserts;
}

function endOf(kind: string, received: Buffer, body: number): number {
  switch (kind) {
    case 'B':
      return body + 20;
    case 'C':
      return body + 25;
    case 'R':
      return endOfRelation(received, body);
    case 'I':
      // The table's number, and the letter N.
      return endOfRow(received, body + 5);
    default:
      throw new Error(`A backlog of inserts has no message ${JSON.stringify(kind)}.`);
  }
}

function endOfRelation(received: Buffer, body: number): number {
  const schemaEnd = received.indexOf(0, body + 4);
  let offset = received.indexOf(0, schemaEnd + 1) + 2;
  const columns = received.readUInt16BE(offset);
  offset += 2;
  for (let column = 0; column < columns; column += 1) offset = received.indexOf(0, offset + 1) + 9;
  return offset;
}

function endOfRow(received: Buffer, row: number): number {
  const columns = received.readUInt16BE(row);
  let offset = row + 2;
  for (let column = 0; column < columns; column += 1) {
    const isText = received[offset] === 0x74;
    offset += isText ? 5 + received.readUInt32BE(offset + 1) : 1;
  }
  return offset;
}
