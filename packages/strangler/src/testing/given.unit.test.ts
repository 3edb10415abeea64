import { describe, expect, test } from 'vitest';
import type { Translator } from '../translate/translator.ts';
import { given } from './given.ts';

const translator: Translator = {
  request: ({ url, headers }) => {
    const id = /id=(\d+)/.exec(url)?.[1];
    if (id === undefined) throw new Error('no id');
    return {
      method: 'GET',
      url: `/v2/items/${id}`,
      headers: { ...headers, accept: 'application/json' },
      body: '',
    };
  },
  reply: ({ status, body }, { url }) => {
    const headers = { 'content-type': 'application/xml' };
    return { status, headers, body: `<item at="${url}" price="${JSON.parse(body).price}"/>` };
  },
};
const request = { url: '/item?id=3' };
const asked = { url: '/v2/items/3', headers: { accept: 'application/json' } };
const reply = { headers: { 'content-type': 'application/xml' }, body: '<item at="/item?id=3" price="5"/>' };

describe('a specification of a translator', () => {
  test('holds where the candidate is asked and the client gets what is expected', () => {
    given(translator, request).thenAsks(asked).when({ body: '{"price":5}' }).then(reply);
    given({}, request)
      .thenAsks(request)
      .when({ status: 404, body: 'none' })
      .then({ status: 404, body: 'none' });
  });

  test('holds where a translator is expected to throw, and does', () => {
    given(translator, { url: '/item' }).thenFails(/no id/);
    given(translator, request).when({ body: 'no JSON' }).thenFails();
  });

  test.each<[string, () => void, RegExp]>([
    [
      'another request',
      () => void given(translator, request).thenAsks({ ...asked, url: '/v2/items/4' }),
      /v2\/items/,
    ],
    [
      'a header that nobody said',
      () => void given(translator, request).thenAsks({ url: '/v2/items/3' }),
      /accept/,
    ],
    ['another reply', () => given(translator, request).when({ body: '{"price":6}' }).then(reply), /price/],
    ['no failure', () => given(translator, request).thenFails(), /expected to throw/],
    ['another failure', () => given(translator, { url: '/item' }).thenFails(/no price/), /no price/],
  ])('does not hold with %s', (_name, act, said) => {
    expect(act).toThrow(said);
  });

  let count = 0;
  const wrong: [string, Translator, RegExp][] = [
    ['is not pure', { request: (one) => ({ ...one, url: `/${count++}` }) }, /not pure/],
    [
      'changes what it is given',
      { request: (one) => Object.assign(one, { url: '/x' }) },
      /read only|assign/i,
    ],
    [
      'names a header in capitals',
      { request: (one) => ({ ...one, headers: { Accept: '*' } }) },
      /"Accept".*lower case/,
    ],
    [
      'makes a header of two lines',
      { request: (one) => ({ ...one, headers: { a: 'b\r\nc: d' } }) },
      /header a can't be sent/,
    ],
    ['asks for no path', { request: (one) => ({ ...one, url: 'http://x/' }) }, /no path/],
    ['makes no text', { request: (one) => ({ ...one, body: { a: 1 } as never }) }, /no text/],
  ];
  test.each(wrong)('does not hold where a translator %s', (_name, one, said) => {
    expect(() => given(one, request).thenAsks(request)).toThrow(said);
  });

  test('does not hold where a status can’t be sent', () => {
    const one: Translator = { reply: (told) => ({ ...told, status: 99 }) };
    expect(() => given(one, request).when().then({ status: 99 })).toThrow(/status 99/);
  });
});
