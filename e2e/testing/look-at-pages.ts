import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openBrowser } from './browser.ts';

/** Where the example's pages are. */
export interface PageAddresses {
  readonly shop: string;
  readonly status: string;
}

const views = [
  { name: 'wide-light', width: 1280, colorScheme: 'light' },
  { name: 'wide-dark', width: 1280, colorScheme: 'dark' },
  { name: 'narrow-light', width: 390, colorScheme: 'light' },
  { name: 'narrow-dark', width: 390, colorScheme: 'dark' },
] as const;

/** The page of an item that is for sale at this moment; the staff withdraws others while the shop runs. */
async function anItem({ shop }: PageAddresses): Promise<string> {
  const reply = await fetch(`${shop}/api/items`);
  const { items } = (await reply.json()) as { items: { id: number }[] };
  return `/items/${items[0]!.id}`;
}

/** Set, pictures of the pages are kept there. */
const pictures = process.env.BANYAN_PICTURES;

/** Tests of the pages of the example when its catalogue is extracted; the addresses are asked for when the first one runs. */
export function lookAtPages(addresses: () => PageAddresses): void {
  describe.skipIf(browserPath === undefined)('the pages, in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());

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
        page.on(
          'response',
          (reply) => reply.status() >= 400 && wrong.push(`${reply.status()} ${reply.url()}`),
        );
        page.on(
          'request',
          (request) => request.url().startsWith('http://127.0.0.1') || wrong.push(`asks ${request.url()}`),
        );
        await page.goto(addresses()[site] + (await where(addresses())), { waitUntil: 'load' });
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
      await page.goto(addresses().status);
      await expect.poll(() => page.locator('.badge').textContent()).toBe('moved');
      expect(await page.locator('.share').getAttribute('aria-label')).toContain('100 per cent');
      expect(await page.locator('.steps .done').count()).toBeGreaterThan(10);
      expect(await page.locator('summary').allTextContents()).toContain('Decisions (6)');
      expect(await page.locator('.legend').last().textContent()).toMatch(
        /^Proxies: proxy-\w+ at revision \d+/,
      );
      expect(await page.locator('h3').textContent()).toBe('Proof: it holds');
    });
  });
}
