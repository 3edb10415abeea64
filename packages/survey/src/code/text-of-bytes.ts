/** Far enough to tell a picture or an archive from code. */
const looked = 8_000;

/** The text of a file in whichever Unicode encoding its first bytes name, else in UTF-8; `undefined` of what is no text. */
export function textOfBytes(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  return bytes.subarray(0, looked).includes(0) ? undefined : bytes.toString('utf8');
}
