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

/** The headers that a `Connection` header names, beside the usual `keep-alive` and `close`. */
export function namedByConnection(value: string): string[] {
  if (value === 'keep-alive' || value === 'close') return [];
  const names = value.toLowerCase().split(',');
  return names
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'close' && name !== 'keep-alive');
}

/** Removes headers by name from a list of name, value, name, value. */
export function withoutNamed(headers: string[], named: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (!named.includes(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!);
  }
  return kept;
}
