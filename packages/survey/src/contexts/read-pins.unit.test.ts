import { expect, test } from 'vitest';
import { readPins } from './read-pins.ts';

test('what a team has decided is read as it is written', () => {
  const pins = {
    contexts: { rooms: { modules: ['rooms/**'], tables: ['rooms'], benefit: 80 } },
    rename: { bed: 'rooms' },
  };
  expect(readPins(JSON.stringify(pins), 'contexts.json')).toEqual(pins);
});

test.each([
  ['{', 'it is no object of JSON'],
  ['{"context": {}}', '"context" is neither'],
  ['{"contexts": {"rooms": ["rooms/**"]}}', 'the context "rooms" is no object'],
  ['{"contexts": {"rooms": {"modules": "rooms/**"}}}', 'has modules that are no list'],
  ['{"contexts": {"rooms": {"module": []}}}', 'has "module", which means nothing here'],
  ['{"contexts": {"rooms": {"benefit": "high"}}}', 'no number from 0 to 100'],
  ['{"rename": {"bed": 1}}', '"rename" is no object of names'],
])('%s is told with what is expected', (text, what) => {
  expect(() => readPins(text, 'contexts.json')).toThrow(`contexts.json: `);
  expect(() => readPins(text, 'contexts.json')).toThrow(what);
});
