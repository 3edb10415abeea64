import { html } from './html.js';

/** The frame around every page. */
export function layout({ title, basketCount = 0, q = '', main }) {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · MusicCorp</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="top">
  <a class="brand" href="/">${RECORD}<span>MusicCorp</span></a>
  <form class="find" action="/search" role="search">
    <input type="search" name="q" value="${q}" placeholder="Artist or title" aria-label="Search artists and titles" required maxlength="100">
    <button>Search</button>
  </form>
  <nav>
    <a href="/">Browse</a>
    <a href="/account/1">Account</a>
    <a href="/reports/finance">Finance</a>
    <a class="basket" href="/basket">Basket${basketCount > 0 && html` <b>${basketCount}</b>`}</a>
  </nav>
</header>
<main>${main}</main>
<footer>MusicCorp, a shop that does not exist. Its bands don't either.</footer>
</body>
</html>
`;
  return page.toString();
}

const RECORD = html`<svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15" fill="currentColor"/>
<circle cx="16" cy="16" r="10.5" fill="none" stroke="var(--page)" stroke-opacity=".35"/>
<circle cx="16" cy="16" r="5.5" fill="var(--accent)"/><circle cx="16" cy="16" r="1.6" fill="var(--page)"/></svg>`;
