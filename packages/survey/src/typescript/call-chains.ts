import type { ArgumentFact, CallChain } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { mark, textOf } from './text.ts';

type Segment = CallChain['segments'][number];

/** So much of what is written as an argument is kept. */
const longest = 400;
const deepest = 40;

/**
 * `db.select().from(users)` as its names in order, each with what it is given if it is called; `undefined` if it begins with anything but a name.
 * `inner` gets the calls that are a part of it.
 */
export function chainOf(
  call: SyntaxNode,
  constants: ReadonlyMap<string, string>,
  inner: Set<SyntaxNode>,
): readonly Segment[] | undefined {
  const segments: Segment[] = [];
  let at: SyntaxNode | undefined = call;
  let given: readonly ArgumentFact[] | undefined;
  for (let depth = 0; at !== undefined && depth < deepest; depth++) {
    switch (at.type) {
      case 'call_expression': {
        inner.add(at);
        const list: SyntaxNode | undefined = at.at('arguments');
        const args: readonly ArgumentFact[] =
          list?.type === 'arguments' ? list.children.map((arg) => argumentOf(arg, constants)) : [];
        // `knex(config)('users')`: what is given last counts.
        given ??= args;
        at = at.at('function');
        break;
      }
      case 'member_expression':
        segments.push(segment(at.at('property')?.text ?? '?', given));
        given = undefined;
        at = at.at('object');
        break;
      case 'identifier':
      case 'this':
        segments.push(segment(at.text, given));
        return segments.reverse();
      case 'await_expression':
      case 'parenthesized_expression':
      case 'non_null_expression':
        at = at.children[0];
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}

/** `new EntitySchema({ ... })` as a chain of one. */
export function madeOf(node: SyntaxNode, constants: ReadonlyMap<string, string>): readonly Segment[] {
  const args = node.at('arguments')?.children ?? [];
  return [
    segment(
      node.at('constructor')?.text ?? '?',
      args.map((arg) => argumentOf(arg, constants)),
    ),
  ];
}

function segment(name: string, given: readonly ArgumentFact[] | undefined): Segment {
  return given === undefined ? { name } : { name, given };
}

function argumentOf(node: SyntaxNode, constants: ReadonlyMap<string, string>): ArgumentFact {
  if (node.type === 'identifier') {
    const text = constants.get(node.text);
    const isConstant = /^[A-Z][A-Z0-9_]*$/.test(node.text);
    return {
      name: node.text,
      ...(text !== undefined ? { text } : isConstant ? { text: `${mark}${node.text}${mark}` } : {}),
    };
  }
  if (node.type === 'object') {
    const properties = node.all('pair').map((pair): [string, string] => {
      const value = pair.at('value')!;
      return [
        pair.at('key')!.text.replace(/^['"]|['"]$/g, ''),
        textOf(value) ?? value.text.slice(0, longest),
      ];
    });
    return { properties: Object.fromEntries(properties) };
  }
  const text = textOf(node);
  return text === undefined ? { written: node.text.slice(0, longest) } : { text };
}
