import { expect, test } from 'vitest';
import type { FileFacts } from '../code/facts.ts';
import { loadGrammar } from '../syntax/grammar.ts';
import { readJava } from './read-java.ts';

const parse = await loadGrammar('java');
const read = (source: string): FileFacts => readJava('A.java', source, parse);

function mentions(source: string): string[] {
  return read(source).units.flatMap((unit) =>
    unit.mentions.map(({ how, name, called }) => [how, name, called].filter(Boolean).join(' ')),
  );
}

test('supers, fields, parameters and returns are mentions of their types with their arguments', () => {
  expect(
    mentions('class A extends B<C> implements D { Map<E, List<F>> f; G g(H h) { return null; } }'),
  ).toEqual([
    'extends B',
    'manages C',
    'implements D',
    'field Map',
    'field E',
    'field List',
    'field F',
    'parameter H',
    'returns G',
  ]);
});

test('a call goes to the type of its field, parameter, local variable or class', () => {
  const calls = mentions(`class A {
    B field;
    void m(C taken) {
      D local = null; var made = new E();
      field.one(); this.field.two(); taken.three(); local.four(); made.five(); F.six(); own(); new G().seven();
      list.forEach(H::eight);
    }
  }`).filter((each) => each.startsWith('calls'));
  expect(calls).toEqual([
    'calls B one',
    'calls B two',
    'calls C three',
    'calls D four',
    'calls E five',
    'calls F six',
    'calls this own',
    'calls G seven',
    'calls H eight',
  ]);
});

test('what is nested counts as the code of the type around it', () => {
  const [unit, ...others] = read('class A { static class B { C c; } enum E { X; D d; } }').units;
  expect(others).toEqual([]);
  expect(unit!.nested).toEqual(['B', 'E']);
  expect(unit!.mentions.map(({ name }) => name)).toEqual(['C', 'D']);
});

test('a text in pieces is one text, with a mark where it is no constant', () => {
  const [unit] = read(
    'class A { void m(String t) { run("select a from b" + " where c = " + t + " and d = \\"e\\""); } }',
  ).units;
  expect(unit!.texts.map(({ text }) => text)).toEqual(['select a from b where c =  ?  and d = "e"']);
});

test('imports name what is imported, static ones the type of the member', () => {
  expect(read('package p; import a.B; import c.*; import static d.E.f; class A {}').imports).toEqual([
    { from: 'a.B', as: 'B', line: 1 },
    { from: 'c', as: '*', line: 1 },
    { from: 'd.E', as: 'E', line: 1 },
  ]);
});
