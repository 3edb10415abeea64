/** What is wrong with the reply to a read, or undefined when nothing is. A withdrawn item may be missing. */
export function faultOfRead(reply, { maybeMissing = false, page = false } = {}) {
  if (reply.status === 0) return reply.error;
  if (reply.status !== 200 && !(maybeMissing && reply.status === 404)) return `status ${reply.status}`;
  if (page) return reply.text.trimEnd().endsWith('</html>') ? undefined : 'the page is not whole';
  return parse(reply.text) === undefined ? 'the body is not JSON' : undefined;
}

/**
 * What became of a write, which is sent once only: `acknowledged`, `refused` (the shop said no and did nothing), `unknown` (no
 * reply, or somebody on the way could not get one), or `failed` (a reply that no correct shop gives).
 */
export function outcomeOfWrite({ status }) {
  if (status >= 200 && status < 400) return 'acknowledged';
  if (status === 404 || status === 409) return 'refused';
  if (status === 0 || status === 502 || status === 503 || status === 504) return 'unknown';
  return 'failed';
}

export function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
