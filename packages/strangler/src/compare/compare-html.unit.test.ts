import { describe, expect, it } from 'vitest';
import { compareHtml } from './compare-html.ts';

const page = (body: string, head = '<title>Shop</title>') =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;

describe('compareHtml', () => {
  it('finds documents equal that a browser reads alike', () => {
    expect(
      compareHtml(
        page('<p class="a" id=b>Hello   <b>you</b><!-- one --></p>'),
        page('\n<P id="b" class=\'a\'>Hello\n<b>you</b></P><!-- two -->\n'),
      ),
    ).toEqual([]);
  });

  it('names text, attributes and elements that differ', () => {
    const found = compareHtml(
      page('<ul><li>One</li><li title="x">Two</li></ul><p>End</p>'),
      page('<ul><li>One</li><li title="y" lang="en">Three</li></ul><div>End</div>'),
    );
    expect(found).toEqual([
      { at: 'html > body > ul[0] > li[1] @title', owner: 'x', candidate: 'y' },
      { at: 'html > body > ul[0] > li[1] @lang', candidate: 'en', shape: true },
      { at: 'html > body > ul[0] > li[1] text', owner: 'Two', candidate: 'Three' },
      { at: 'html > body > p[0]', owner: '<p>', candidate: '<div>', shape: true },
    ]);
  });

  it('leaves out what it is told to, and noise', () => {
    const one = page('<form><input name="csrf" value="1"></form>', '<meta content="1">');
    const two = page('<form><input name="csrf" value="2"></form>', '<meta content="2">');
    expect(compareHtml(one, two)).toHaveLength(2);
    const noisy = new Set(['html > body > form[*] > input[*] @value']);
    expect(compareHtml(one, two, { noisy, ignore: ['html > head > meta[*]'] })).toEqual([]);
    const without = page('<form><input name="csrf"></form>', '<meta content="1">');
    expect(compareHtml(one, without, { noisy })).toMatchObject([{ shape: true }]);
  });

  it('reports an alike place once and a bounded number of places', () => {
    const items = (mark: string) => page(Array.from({ length: 90 }, () => `<i>${mark}</i>`).join(''));
    expect(compareHtml(items('a'), items('b'))).toHaveLength(1);
    const nested = (mark: string) =>
      page(Array.from({ length: 40 }, (_, n) => `<h${(n % 6) + 1}>${mark}`.repeat((n % 7) + 1)).join('<hr>'));
    expect(compareHtml(nested('a'), nested('b')).length).toBeLessThanOrEqual(20);
  });

  it('refuses documents that are nested too deeply', () => {
    const deep = page(`${'<div>'.repeat(600)}x`);
    expect(() => compareHtml(deep, deep.replace('x', 'y'))).toThrow(RangeError);
  });
});
