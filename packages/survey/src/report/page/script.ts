/**
 * What the page does in the browser: opens the context that an address names, shows whose lines are whose, finds a name, and opens everything
 * for the printer. It is the only script that the page's policy lets run; it makes no markup out of names.
 */
export const pageScript = `
'use strict';
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const reveal = (element) => {
  for (let at = element; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
};
const toHash = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  reveal(target);
  target.scrollIntoView({ block: 'start' });
};
addEventListener('hashchange', toHash);
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.getAttribute('href') === location.hash) toHash();
});
const highlight = (svg, rank) => {
  svg.classList.toggle('one', rank !== undefined);
  for (const line of all('.bond', svg)) line.classList.toggle('lit', rank !== undefined && line.dataset.ends.split(' ').includes(rank));
};
for (const svg of all('.map svg')) for (const spot of all('[data-context]', svg)) {
  for (const name of ['pointerenter', 'focusin']) spot.addEventListener(name, () => highlight(svg, spot.dataset.context));
  for (const name of ['pointerleave', 'focusout']) spot.addEventListener(name, () => highlight(svg));
}
const before = [];
addEventListener('beforeprint', () => {
  for (const each of all('details:not([open], [data-long])')) { before.push(each); each.open = true; }
});
addEventListener('afterprint', () => { for (const each of before.splice(0)) each.open = false; });
for (const button of all('[data-open]')) button.addEventListener('click', () => {
  const open = button.dataset.open === 'yes';
  for (const card of all('details.card')) card.open = open;
});
const field = document.getElementById('find');
const list = document.getElementById('found');
const named = all('[data-name]').map((element) => [element.dataset.name.toLowerCase(), element]);
field.addEventListener('input', () => {
  const sought = field.value.trim().toLowerCase();
  const hits = sought.length < 2 ? [] : named.filter(([name]) => name.includes(sought));
  list.replaceChildren(...hits.slice(0, 20).map(([, element]) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const card = element.closest('details.card');
    button.type = 'button';
    button.textContent = element.dataset.name + (card && card !== element ? ' in ' + card.dataset.name : '');
    button.addEventListener('click', () => {
      reveal(element);
      element.scrollIntoView({ block: 'center' });
      element.classList.add('hit');
      element.tabIndex = -1;
      element.focus({ preventScroll: true });
      setTimeout(() => element.classList.remove('hit'), 4000);
    });
    item.append(button);
    return item;
  }));
  document.getElementById('hits').textContent = sought.length < 2 ? '' : hits.length > 20 ? 'the first 20 of ' + hits.length : hits.length + ' found';
});
document.getElementById('finder').hidden = false;
toHash();
`;
