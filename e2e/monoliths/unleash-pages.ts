import path from 'node:path';
import { browserPath, openBrowser } from '../testing/browser.ts';

/** What was seen of the web UI. */
export interface Seen {
  readonly requests: number;
  readonly problems: readonly string[];
}

/** Signs in to Unleash's own web UI and looks at the flags, in a real browser; keeps a picture. */
export async function lookAtUnleash(url: string, pictures: string): Promise<Seen> {
  if (browserPath === undefined)
    return { requests: 0, problems: ['there is no browser: name one in CHROMIUM_PATH'] };
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    let requests = 0;
    // Its fonts and pictures of people come from elsewhere: the page must not wait for the internet.
    await page.route(
      (at) => at.origin !== new URL(url).origin,
      (request) => request.abort(),
    );
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('response', (reply) => {
      if (!reply.url().startsWith(url)) return;
      requests++;
      // Not signed in yet: the UI asks who we are, and is told that it can't know.
      if (reply.status() >= 400 && reply.status() !== 401) problems.push(`${reply.status()} ${reply.url()}`);
    });
    await page.goto(`${url}/login`, { waitUntil: 'load' });
    await page.fill('input[name="username"]', 'admin');
    await page.fill('input[name="password"]', 'unleash4all');
    await page.click('button[type="submit"]');
    await page.waitForURL((at) => !at.pathname.startsWith('/login'), { timeout: 60_000 });
    await page.goto(`${url}/projects/default`, { waitUntil: 'load' });
    // A welcome may lie over it: what counts is that the flags have come.
    await page.locator('table tbody tr').first().waitFor({ state: 'attached', timeout: 60_000 });
    await page.screenshot({ path: path.join(pictures, 'unleash-through-proxy.png') });
    return { requests, problems };
  } catch (error) {
    return { requests: 0, problems: [(error as Error).message.slice(0, 500)] };
  } finally {
    await browser.close();
  }
}
