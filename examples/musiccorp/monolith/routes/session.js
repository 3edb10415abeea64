import { randomUUID } from 'node:crypto';

/** The session that the browser brings in its cookie `sid`. */
export function sessionOf(req) {
  const pair = /(?:^|;\s*)sid=([A-Za-z0-9-]{1,64})(?:;|$)/.exec(req.headers.cookie ?? '');
  return pair?.[1];
}

/** The browser's session, or a new one that it is told about. */
export function ensureSession(req, res) {
  const known = sessionOf(req);
  if (known) return known;
  const sid = randomUUID();
  res.cookie('sid', sid, { httpOnly: true, sameSite: 'lax', path: '/' });
  return sid;
}
