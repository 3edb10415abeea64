const maxCharacters = 120;
const secretName =
  /pass(word|wd|phrase)?\b|secret|token|authori[sz]ation|cookie|session|api.?key|card|iban|cvc|cvv|ssn|e.?mail|phone/i;

/** Whether something is named like a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** A value for a difference sample: at most 120 characters, and hidden where its name or content smells of a secret. */
export function shorten(name: string, value: string): string {
  if (secretName.test(name)) return '[redacted]';
  const shown = value.length <= maxCharacters ? value : `${value.slice(0, maxCharacters - 1)}…`;
  return secretName.test(shown)
    ? shown.replace(/("[^"]*")\s*:\s*("(?:[^"\\]|\\.)*"?|[^,}\]]+)/g, redactPair)
    : shown;
}

function redactPair(pair: string, name: string): string {
  return secretName.test(name) ? `${name}:"[redacted]"` : pair;
}

/** The path of a request for a difference sample: names of the query stay, values go. */
export function redactedPath(url: string): string {
  const [path, query] = url.split('?', 2) as [string, string | undefined];
  if (!query) return shorten('', path);
  const names = query.split('&').map((pair) => `${pair.split('=', 1)[0]}=…`);
  return shorten('', `${path}?${names.join('&')}`);
}
