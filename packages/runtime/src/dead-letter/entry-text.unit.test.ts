import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryText, parseEntry } from './entry-text.ts';

test('an entry is read as it was written, whatever it holds', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('\u0001bigint 5', '\u0001text x', '\u0001'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('value'),
        { noNullPrototype: true },
      ),
    ),
  }));
  fc.assert(
    fc.property(value, (entry) => {
      expect(parseEntry(entryText(entry))).toEqual(entry);
    }),
  );
});
