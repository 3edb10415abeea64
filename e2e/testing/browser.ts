import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser to look at pages with: `CHROMIUM_PATH`, or where Chromium and Chrome usually are. */
export const browserPath = [process.env.CHROMIUM_PATH ?? '', ...places].find(
  (place) => place !== '' && existsSync(place),
);

if (browserPath === undefined) {
  const reason = 'No Chromium was found: install it or name it in CHROMIUM_PATH.';
  if (process.env.BANYAN_REQUIRE_BROWSER) throw new Error(reason);
  console.warn(`SKIPPED: the pages are not looked at. ${reason}`);
}

/** Starts a browser that talks to nobody but the pages it is sent to. */
export function openBrowser(): Promise<Browser> {
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}
