/** Bytes that are no valid HTTP/1.1 message; says why. */
export class Malformed extends Error {}
