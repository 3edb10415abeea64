const TIME_LIMIT_MS = 10_000;

/** One user's side of HTTP: a cookie jar of its own, and every ending of a request as a value. */
export function openBrowser(baseUrl, sid) {
  const jar = new Map([['sid', sid]]);
  return async function send(path, { method = 'GET', json, form } = {}) {
    const started = performance.now();
    const reply = await receive(new URL(path, baseUrl), {
      method,
      headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; '), ...contentType(json, form) },
      body: json ? JSON.stringify(json) : form && new URLSearchParams(form).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    for (const cookie of reply.cookies) keepCookie(jar, cookie);
    return { path, method, ...reply, milliseconds: performance.now() - started };
  };
}

/** `status` 0 stands for no reply, or one that broke off. */
async function receive(url, request) {
  try {
    const response = await fetch(url, request);
    const cookies = response.headers.getSetCookie();
    return { status: response.status, cookies, text: await response.text() };
  } catch (error) {
    return {
      status: 0,
      cookies: [],
      text: '',
      error: error.cause?.message || error.cause?.code || error.message,
    };
  }
}

function contentType(json, form) {
  if (json) return { 'content-type': 'application/json' };
  return form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
}

function keepCookie(jar, header) {
  const [pair, ...attributes] = header.split(';');
  const at = pair.indexOf('=');
  if (at < 1) return;
  const name = pair.slice(0, at).trim();
  if (attributes.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute))) jar.delete(name);
  else jar.set(name, pair.slice(at + 1).trim());
}
