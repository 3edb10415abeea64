const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Whether a header, in lower case, is for one connection only. */
export function isHopByHop(name: string): boolean {
  return hopByHop.has(name);
}

/** Removes headers by name, in lower case, from a list of name, value, name, value. */
export function withoutNamed(headers: string[], named: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (!named.includes(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!);
  }
  return kept;
}

/** What a Connection header names beside how the connection itself goes on. */
export function namedHeaders(tokens: readonly string[] | undefined): readonly string[] {
  if (tokens === undefined || tokens.every(isAboutConnection)) return [];
  return tokens.filter((token) => !isAboutConnection(token));
}

function isAboutConnection(token: string): boolean {
  return token === 'keep-alive' || token === 'close' || token === 'upgrade';
}
