import { expect, test } from 'vitest';
import { readTruth } from './truth.ts';

test('a list is read by the names of its columns, without what is uncounted', () => {
  const truth = readTruth(
    'class full name,class short name,reference decomposition,duplicated,notes\na.B,B,x,TRUE,\na.B,B,y,TRUE,\na.C,C,uncounted,,"no, not here"\n',
  );
  expect(truth).toEqual(new Map([['a.B', new Set(['x', 'y'])]]));
});

test('a list without these columns says which are needed', () => {
  expect(() => readTruth('foo,bar\n1,2\n')).toThrow(/"class full name"/);
});
