import fc from 'fast-check';

const sorts = ['title', 'price', '-price', 'newest', 'bestselling'];
const long = (length: number) => 'x'.repeat(length);

/** Reads that are easily answered differently. */
export const awkwardReads: readonly string[] = [
  '/api/items',
  '/api/items?',
  '/api/items?genre=&artist=&page=&sort=',
  '/api/items?genre=ambient&genre=jazz',
  '/api/items?genre=a&genre=a&artist=x',
  '/api/items?artist=0',
  '/api/items?artist=01',
  '/api/items?artist=%2B1',
  '/api/items?artist=+1',
  '/api/items?artist=1e3',
  '/api/items?artist=2147483647',
  '/api/items?artist=2147483648',
  '/api/items?page=1000',
  '/api/items?page=1001',
  '/api/items?page=0&sort=wrong',
  '/api/items?sort=wrong&page=2',
  '/api/items?sort=__proto__',
  '/api/items?sort=toString',
  '/api/items?sort=Title',
  '/api/items?genre=%00',
  '/api/items?genre=%F0%9F%8E%B7',
  '/api/items?genre[]=jazz',
  '/api/items?genre[slug]=jazz',
  '/api/items?%67enre=jazz',
  '/api/items?unknown=1&page=2',
  '/api/items?page=2#&page=3',
  '/api/items#?page=2',
  '/api/items?page=2?',
  '/api/items?page=2&',
  '/api/items?&&page=2',
  '/api/items?page',
  '/api/items/0',
  '/api/items/2147483647',
  '/api/items/2147483648',
  '/api/items/99999999999',
  '/api/items/abc',
  '/api/items/1.0',
  '/api/items/%31',
  '/api/items/%zz',
  '/api/items/%00',
  '/api/items/%2F',
  '/api/items/1/more',
  '/api/artists/0',
  '/api/artists/1',
  '/api/artists/99999',
  '/api/artists/-1',
  '/api/artists/%E0%A4%A',
  '/api/genres',
  '/api/genres?x=1',
  '/api/search',
  '/api/search?q=',
  '/api/search?q=%20%20',
  '/api/search?q=+',
  '/api/search?q=the&q=the',
  '/api/search?q=%00',
  '/api/search?q=the%00',
  '/api/search?q=%25',
  '/api/search?q=_',
  '/api/search?q=%5C',
  '/api/search?q=%5C%25',
  '/api/search?q=%25%5F%5C%5C',
  '/api/search?q=THE',
  '/api/search?q=the+the++the',
  '/api/search?q=the%09a%0Ae',
  '/api/search?q=a%C2%A0e',
  '/api/search?q=%EF%BB%BFthe',
  '/api/search?q=%C3%A9',
  '/api/search?q=%C3%89',
  '/api/search?q=%FF',
  '/api/search?q=%zz',
  '/api/search?q=100%',
  '/api/search?q=%F0%9F%8E%B7',
  "/api/search?q='",
  '/api/search?q="',
  '/api/search?q={}',
  '/api/search?q={1,2}',
  '/api/search?q=null',
  `/api/search?q=${long(100)}`,
  `/api/search?q=${long(101)}`,
  `/api/search?q=%20${long(100)}%20`,
  `/api/search?q=${'%F0%9F%8E%B7'.repeat(50)}`,
  `/api/search?q=${'%F0%9F%8E%B7'.repeat(51)}`,
  '/api/unknown',
  '/api/',
];

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

const list = fc
  .record({
    genre: maybe(fc.constantFrom('indie-rock', 'dream-pop', 'jazz', 'folk', 'no-such')),
    artist: maybe(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) },
        { weight: 1, arbitrary: fc.integer() },
      ),
    ),
    page: maybe(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -1, max: 1100 }))),
    sort: maybe(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...sorts) }, { weight: 1, arbitrary: fc.string() }),
    ),
  })
  .map((query) => `/api/items?${encoded(query)}`);

const word = fc.oneof(
  fc.constantFrom(
    'the',
    'a',
    'silver',
    'fox',
    'harbour',
    'e',
    'on',
    'THE',
    '%',
    '_',
    '\\',
    'é',
    "'",
    'ß',
    'İ',
  ),
  fc.string({ maxLength: 3 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const search = fc
  .tuple(fc.array(word, { maxLength: 4 }), fc.constantFrom(' ', '  ', '\t'))
  .map(([words, gap]) => `/api/search?${encoded({ q: words.join(gap) })}`);

const id = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 230 }).map(String) },
  {
    weight: 1,
    arbitrary: fc
      .string({ minLength: 1 })
      .filter((text) => !/^\.*$/.test(text))
      .map(encodeURIComponent),
  },
);

/** A read as shoppers and others might send it. */
export const anyRead: fc.Arbitrary<string> = fc.oneof(
  list,
  search,
  id.map((text) => `/api/items/${text}`),
  id.map((text) => `/api/artists/${text}`),
  fc.constant('/api/genres'),
);

function encoded(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(
    Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  ).toString();
}
