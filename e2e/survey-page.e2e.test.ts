import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openBrowser } from './testing/browser.ts';
import { banyanSurvey, monolith } from './testing/survey-command.ts';

const views = [
  { name: 'wide-light', width: 1280, colorScheme: 'light' },
  { name: 'wide-dark', width: 1280, colorScheme: 'dark' },
  { name: 'narrow-light', width: 400, colorScheme: 'light' },
  { name: 'narrow-dark', width: 400, colorScheme: 'dark' },
] as const;

/** Set, pictures of the page are kept there. */
const pictures = process.env.BANYAN_PICTURES;

/** A name that would run, load or turn around, were it anything but text. */
const hostile = `x"'><img src=x onerror=pwned=1><script>pwned=1<!script>\u202e`;

describe.skipIf(browserPath === undefined)("the survey's page, in a browser", () => {
  let folder: string;
  let browser: Browser;

  async function surveyed(name: string, repo: string, ...more: string[]): Promise<string> {
    const file = path.join(folder, `${name}.html`);
    await banyanSurvey('--repo', repo, '--html', file, ...more);
    return pathToFileURL(file).href;
  }

  async function opened(address: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on(
      'request',
      (request) => request.url().split('#')[0] === address || wrong.push(`asks ${request.url()}`),
    );
    await page.goto(address, { waitUntil: 'load' });
    return { page, wrong, [Symbol.asyncDispose]: () => context.close() };
  }

  let shop: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'banyan-survey-page-'));
    browser = await openBrowser();
    shop = await surveyed('shop', monolith);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(views)(
    'fits in $name, asks for nothing and reports no error',
    async ({ name, width, colorScheme }) => {
      await using view = await opened(shop, { viewport: { width, height: 900 }, colorScheme });
      const { page, wrong } = view;
      await page.getByRole('button', { name: 'Open all' }).click();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      if (pictures !== undefined) {
        await mkdir(pictures, { recursive: true });
        await page.screenshot({ path: path.join(pictures, `survey-${name}.png`), fullPage: true });
      }
      for (const picture of [
        'Map of the contexts',
        'Ease against benefit',
        'Files by context, as large as their lines',
      ])
        expect(await page.getByLabel(picture).and(page.locator(':visible')).count(), picture).toBe(1);
      expect(wrong).toEqual([]);
    },
  );

  test('a context is opened from the map with the keyboard alone', async () => {
    await using view = await opened(shop);
    const { page } = view;
    const focused = () => page.evaluate('document.activeElement.getAttribute("data-context") ?? ""');
    for (let presses = 0; (await focused()) !== '2'; presses++) {
      expect(presses).toBeLessThan(40);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    const card = page.locator('#context-2');
    await expect.poll(() => card.getAttribute('open')).not.toBeNull();
    expect(await card.innerText()).toContain('What the cut costs');
    expect(await card.innerText()).toContain('Why each module is here');
  });

  test('a file is found by a part of its name, and its context opens', async () => {
    await using view = await opened(shop);
    const { page } = view;
    await page.getByLabel('Find a file').fill('place-ord');
    const hit = page.locator('#found button').first();
    expect(await hit.innerText()).toContain('shop/place-order.js in ');
    await hit.click();
    await expect.poll(() => page.locator('.hit').first().isVisible()).toBe(true);
  });

  test('all is on paper, whatever was open', async () => {
    await using view = await opened(shop);
    const { page } = view;
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    const text = await page.locator('main').innerText();
    expect(text).toContain('customers has columns that are changed apart');
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('details.card[open]').count()).toBe(0);
  });

  test('names of files, tables and routes are text', async () => {
    const repo = path.join(folder, 'hostile');
    await mkdir(repo);
    const statement = `insert into "${hostile.replace(/"/g, '""')}" select * from "orders<b>"`;
    const route = `app.get(${JSON.stringify(`/${hostile}`)}, (request, reply) => keep(database));`;
    const code = `${route}\nexport const keep = (database) => database.query(${JSON.stringify(statement)});\n`;
    const name = hostile.replaceAll('/', '!');
    await writeFile(path.join(repo, `${name}.js`), code);
    for (const other of ['a', 'b', 'c']) {
      const uses = `import { keep } from ${JSON.stringify(`./${name}.js`)};\nexport const run = (x) => keep(x);\n`;
      await writeFile(path.join(repo, `${other}.js`), uses);
    }
    const pins = path.join(folder, 'hostile.json');
    await writeFile(pins, JSON.stringify({ contexts: { [hostile]: { modules: ['**'] } } }));
    await using view = await opened(await surveyed('hostile', repo, '--contexts', pins));
    const { page, wrong } = view;
    await page.getByRole('button', { name: 'Open all' }).click();
    await page.getByLabel('Find a file').fill('onerror');
    expect(await page.locator('#found button').count()).toBeGreaterThan(0);
    expect(await page.evaluate('typeof pwned')).toBe('undefined');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(wrong).toEqual([]);
  });
});
