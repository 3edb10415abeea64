/** The files that a page shows, each after its name in bold. */
export function filesOf(page: string): Record<string, string> {
  const files = page.matchAll(/^\*\*`([^`]+)`\*\*\n\n```(?:ts|json)\n([\s\S]*?)^```$/gm);
  return Object.fromEntries([...files].map(([, name, text]) => [name!, text!]));
}

/** The requests that a page makes, each with the answer that it shows. */
export function exchangesOf(page: string): readonly (readonly [curl: string, shown: string])[] {
  const exchanges = page.matchAll(/^```sh\n(curl [^\n]+)\n```\n\n```json\n([\s\S]*?)^```$/gm);
  return [...exchanges].map(([, curl, shown]) => [curl!, shown!]);
}

/** What a call of curl asks, of a service at another address. */
export function curlRequest(curl: string, serviceUrl: string): { url: string; init: RequestInit } {
  const words = [...curl.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const after = (option: string) =>
    words.flatMap((word, index) => (word === option ? [words[index + 1]!] : []));
  const headers = after('-H').map((line) => line.split(': ') as [string, string]);
  const address = words.find((word) => word.startsWith('localhost:3000'))!;
  const body = after('-d')[0];
  return {
    url: address.replace('localhost:3000', serviceUrl),
    init: { method: after('-X')[0] ?? 'GET', headers, ...(body === undefined ? {} : { body }) },
  };
}
