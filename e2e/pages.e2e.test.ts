import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openBrowser } from './testing/browser.ts';
import { type Example, example, type Run, until } from './testing/example.ts';

const views = [
  { name: 'wide-light', width: 1280, colorScheme: 'light' },
  { name: 'wide-dark', width: 1280, colorScheme: 'dark' },
  { name: 'narrow-light', width: 390, colorScheme: 'light' },
  { name: 'narrow-dark', width: 390, colorScheme: 'dark' },
] as const;

/** The page of an item that is for sale at this moment; the staff withdraws others while the shop runs. */
async function anItem({ shop }: { readonly shop: string }): Promise<string> {
  const reply = await fetch(`${shop}/api/items`);
  const { items } = (await reply.json()) as { items: { id: number }[] };
  return `/items/${items[0]!.id}`;
}

/** Set, pictures of the pages are kept there. */
const pictures = process.env.BANYAN_PICTURES;

describe.skipIf(browserPath === undefined)('the pages, in a browser', () => {
  let shop: Example;
  let run: Run;
  let browser: Browser;
  let address: Record<'shop' | 'status', string>;

  beforeAll(async () => {
    shop = example();
    run = shop.start(['--scale', '0.05', '--rate', '120']);
    const text = await until(
      'the example to be up',
      () => (run.stdout().includes('Ctrl-C') ? run.stdout() : undefined),
      250_000,
    );
    const find = (name: string) => new RegExp(`${name}\\s+(http://\\S+)`).exec(text)![1]!;
    address = { shop: find('\\bshop'), status: find('\\bstatus ') };
    browser = await openBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
  });

  describe.each(views)('$name', ({ name, width, colorScheme }) => {
    test.each([
      ['shop', 'shop', () => '/'],
      ['item', 'shop', anItem],
      ['status', 'status', () => '/'],
    ] as const)('%s fits, loads whole and reports no error', async (title, site, where) => {
      await using context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('response', (reply) => reply.status() >= 400 && wrong.push(`${reply.status()} ${reply.url()}`));
      page.on(
        'request',
        (request) => request.url().startsWith('http://127.0.0.1') || wrong.push(`asks ${request.url()}`),
      );
      await page.goto(address[site] + (await where(address)), { waitUntil: 'load' });
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({
          path: path.join(pictures, `${title}-${name}.png`),
          fullPage: title === 'status',
        });
      }
      expect(await page.locator('h1').first().textContent()).not.toBe('');
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0);
      expect(wrong).toEqual([]);
    });
  });

  test('the status page tells that the reads are moved, and shows the proof', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address.status);
    await expect.poll(() => page.locator('.badge').textContent()).toBe('moved');
    expect(await page.locator('.share').getAttribute('aria-label')).toContain('100 per cent');
    expect(await page.locator('.steps .done').count()).toBeGreaterThan(10);
    expect(await page.locator('summary').allTextContents()).toContain('Decisions (6)');
    expect(await page.locator('.legend').last().textContent()).toMatch(/^Proxies: proxy-\w+ at revision \d+/);
    expect(await page.locator('h3').textContent()).toBe('Proof: it holds');
  });

  test('Ctrl-C ends everything', async () => {
    const pids = shop.pids();
    run.child.kill('SIGINT');
    expect(await run.exited).toBe(0);
    expect(Object.keys(pids).length).toBe(5);
    expect(Object.keys(shop.pids())).toEqual([]);
  });
});
