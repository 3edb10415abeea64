import { expect, test } from 'vitest';
import { html } from './markup.ts';

test('what is put in is text, in attributes too; a piece stays a piece', () => {
  const name = `"><script>alert('1')</script>\u202Egnp.ts`;
  const piece = html`<b title="${name}">${name}</b>`;
  expect(piece.text).not.toContain('<script>');
  expect(piece.text).not.toContain('\u202e');
  expect(html`<i>${[piece, 3, undefined]}</i>`.text).toBe(`<i>${piece.text}3</i>`);
});
