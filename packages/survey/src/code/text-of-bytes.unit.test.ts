import { expect, test } from 'vitest';
import { textOfBytes } from './text-of-bytes.ts';

const code = 'class Größe {}';

test('a text is read in the encoding that its first bytes name', () => {
  const little = Buffer.from(`\ufeff${code}`, 'utf16le');
  for (const bytes of [
    Buffer.from(code),
    Buffer.from(`\ufeff${code}`),
    little,
    Buffer.from(little).swap16(),
    Buffer.from(''),
  ])
    expect(textOfBytes(bytes)).toBe(bytes.length === 0 ? '' : code);
});

test('what is no text is told apart from code in another encoding', () => {
  expect(textOfBytes(Buffer.from([0x89, 0x50, 0, 1, 2]))).toBeUndefined();
  expect(textOfBytes(Buffer.from([0x63, 0x6c, 0xe9]))).toBe('cl\ufffd');
});
