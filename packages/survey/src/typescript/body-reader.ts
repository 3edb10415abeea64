import type { CallChain, ImportFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { chainOf, madeOf } from './call-chains.ts';
import { chainWords } from './mappings/chain-words.ts';
import { type ModuleNames, top } from './module-names.ts';
import { mark, textOf } from './text.ts';
import { typeNames } from './type-names.ts';

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'head', 'options']);
const transactions = /^\$?(with|run|in|begin|start)?(in|a)?transaction(al|sync)?$/i;
/** What asks another program for an address: it answers none. */
const client = /(^|\.)(\w*(http|client|axios|request|agent|fetch\w*)|ky|got)$/i;
const functions = new Set(['arrow_function', 'function_expression', 'function', 'function_declaration']);

export function isFunction(node: SyntaxNode): boolean {
  return functions.has(node.type);
}

const isPath = new RegExp(`^$|^[/*${mark}]`);

/** The value of a constant is put in when all files are known. */
function constantNamed({ type, text }: SyntaxNode): string | undefined {
  return type === 'identifier' && /^[A-Z][A-Z0-9_]*$/.test(text) ? `${mark}${text}${mark}` : undefined;
}

const importers = new Set(['import', 'require']);

/** Whether an address is registered with what answers it, and not asked for. */
function isAnswered(object: SyntaxNode, args: readonly SyntaxNode[]): boolean {
  const last = args.at(-1);
  return args.length > 1 && last?.type !== 'object' && last?.type !== 'string' && !client.test(object.text);
}

/** Walks what runs and notes what it mentions, calls, says and answers. */
export class BodyReader {
  readonly mounts: { path: string; name: string }[] = [];
  /** `await import('./rooms')` and `require('./rooms')` in the middle of something. */
  readonly imports: ImportFact[] = [];
  readonly #names: ModuleNames;
  /** Calls that are a part of a chain that was noted. */
  readonly #chained = new Set<SyntaxNode>();
  /** The constant whose value is read, and the table that is being created. */
  #assigned: string | undefined;
  #creating: string | undefined;

  constructor(names: ModuleNames) {
    this.#names = names;
  }

  /** The value of a constant. */
  readValue(node: SyntaxNode, constant: string | undefined, member: string): void {
    this.#assigned = constant;
    this.read(node, member);
    this.#assigned = undefined;
  }

  read(node: SyntaxNode, member: string): void {
    const { line } = this.#names.context;
    const text = textOf(node);
    if (text !== undefined) this.#names.unit.texts.push({ text, line: line(node.start), member });
    switch (node.type) {
      case 'call_expression':
        this.#call(node, member);
        return;
      case 'new_expression': {
        const made = node.at('constructor');
        if (made !== undefined && chainWords.has(made.text))
          this.#chain(madeOf(node, this.#names.context.constants), node, member);
        if (made?.type === 'identifier')
          this.#names.unit.mention({ name: made.text, how: 'creates', line: line(node.start), member });
        for (const child of node.children) if (child !== made) this.read(child, member);
        return;
      }
      case 'variable_declarator':
        this.#local(node);
        break;
      case 'identifier':
        this.#identifier(node, member);
        break;
      case 'type_annotation':
      case 'type_arguments':
        this.#names.types(node, 'local', member);
        return;
    }
    for (const child of node.children)
      if (text === undefined || child.type === 'template_substitution') this.read(child, member);
  }

  #local(declarator: SyntaxNode): void {
    const [name, type, value] = [declarator.at('name'), declarator.at('type'), declarator.at('value')];
    if (name?.type !== 'identifier') return;
    this.#names.unit.word('body', name.text);
    const made = value?.type === 'new_expression' ? value.at('constructor')?.text : undefined;
    const [first] = type === undefined ? [made] : typeNames(type);
    this.#names.hasType(name.text, first);
  }

  /** A function or constant that is handed on: a function may be called there, a text is said here. */
  #identifier(node: SyntaxNode, member: string): void {
    const name = node.text;
    const line = this.#names.context.line(node.start);
    if (this.#names.context.constants.has(name) || this.#names.imported.has(name)) {
      if (/^[A-Z][A-Z0-9_]*$/.test(name))
        this.#names.unit.texts.push({ text: `${mark}${name}${mark}`, line, member });
      else if (this.#names.imported.has(name))
        this.#names.unit.mention({ name, how: 'calls', line, member, called: this.#names.calledName(name) });
    } else if (this.#names.own.has(name) && member !== name)
      this.#names.unit.mention({ name: 'this', how: 'calls', line, member, called: name });
  }

  #chain(segments: CallChain['segments'], node: SyntaxNode, member: string): void {
    const line = this.#names.context.line(node.start);
    this.#names.unit.chains.push({
      segments,
      line,
      member,
      ...(this.#assigned === undefined ? {} : { assigned: this.#assigned }),
      ...(this.#creating === undefined ? {} : { inside: this.#creating }),
    });
  }

  #call(node: SyntaxNode, member: string): void {
    const { line } = this.#names.context;
    if (!this.#chained.has(node)) {
      const segments = chainOf(node, this.#names.context.constants, this.#chained);
      if (segments?.some(({ name, given }) => given !== undefined && chainWords.has(name)))
        this.#chain(segments, node, member);
    }
    const [called, given] = [node.at('function'), node.at('arguments')];
    const method = called?.at('property')?.text ?? (called?.type === 'identifier' ? called.text : '');
    const at = line(node.start);
    if (method !== '') this.#names.unit.word('body', method);
    const args = given?.type === 'arguments' ? given.children : [];
    if (called?.type === 'member_expression') {
      const object = called.at('object')!;
      const path = args[0] === undefined ? undefined : textOf(args[0]);
      if (verbs.has(method) && path?.startsWith('/') && isAnswered(object, args)) {
        this.#route(method, path, args.slice(1), at);
        return;
      }
      if (method === 'route' && args[0]?.type === 'object' && this.#routeOf(args[0], at)) return;
      if (method === 'use' && path?.startsWith('/')) this.#mount(path, args.slice(1));
      this.#methodCall(object, method, member, at);
      if (object.type !== 'identifier' && object.type !== 'this') this.read(object, member);
    } else if (importers.has(called?.text ?? '') && args[0]?.type === 'string') {
      const from = textOf(args[0])!;
      this.imports.push({ from, as: from, name: 'default', line: at });
    } else if (called?.type === 'identifier') {
      const name = called.text;
      if (this.#names.imported.has(name))
        this.#names.unit.mention({
          name,
          how: 'calls',
          line: at,
          member,
          called: this.#names.calledName(name),
        });
      // Inside of functions any other is a local variable, or everybody's, such as `Number`.
      else if (this.#names.context.declared.has(name) || member === top)
        this.#names.unit.mention({ name: 'this', how: 'calls', line: at, member, called: name });
    } else if (called !== undefined) this.read(called, member);
    const isTransaction = transactions.test(method);
    // What runs in it is not to be seen here: whatever this member does is counted.
    if (isTransaction && args.length > 0 && !args.some(isFunction)) this.#transactional(member, at);
    const before = [this.#assigned, this.#creating] as const;
    this.#assigned = undefined;
    if (/^(create|alter)?table(ifnotexists)?$/i.test(method) && args[0]?.type === 'string')
      this.#creating = textOf(args[0]);
    for (const [index, arg] of args.entries()) {
      if (isTransaction && isFunction(arg)) this.#transaction(arg, member, at, index);
      else this.read(arg, member);
    }
    [this.#assigned, this.#creating] = before;
    if (given?.type === 'template_string') this.read(given, member);
  }

  #methodCall(object: SyntaxNode, method: string, member: string, line: number): void {
    const text = object.text;
    if (object.type === 'this') {
      this.#names.unit.mention({ name: 'this', how: 'calls', line, member, called: method });
      return;
    }
    const type = this.#names.typeOf(text);
    if (type !== undefined) {
      this.#names.unit.mention({ name: type, how: 'calls', line, member, called: method });
      return;
    }
    if (object.type === 'identifier' && this.#names.imported.has(text))
      this.#names.unit.mention({ name: text, how: 'calls', line, member, called: method });
  }

  /** What runs in one transaction is a member of its own, so that what is before and after it is not counted. */
  #transaction(callback: SyntaxNode, member: string, line: number, index: number): void {
    const own = `${member}~transaction${index > 1 ? index : ''}`;
    this.#transactional(own, line);
    this.#names.unit.mention({ name: 'this', how: 'calls', line, member, called: own });
    this.#names.signature(callback, own);
    const body = callback.at('body');
    if (body !== undefined) this.read(body, own);
  }

  #transactional(name: string, line: number): void {
    const annotations = [{ name: 'Transactional', line, arguments: {} }];
    this.#names.unit.members.push({ kind: 'method', name, line, annotations, types: [], parameters: [] });
  }

  #route(verb: string, path: string, handlers: readonly SyntaxNode[], line: number): void {
    const member = `${verb.toUpperCase()} ${path.replaceAll(mark, '')}`;
    this.#names.unit.routes.push({ verb: verb === 'all' ? 'ANY' : verb.toUpperCase(), path, member, line });
    for (const handler of handlers) this.#handler(handler, member);
  }

  /** `route({ method: 'get', path: '/rooms', handler: this.rooms })`: whether it is one. */
  #routeOf(settings: SyntaxNode, line: number): boolean {
    const given = new Map(settings.all('pair').map((pair) => [pair.at('key')!.text, pair.at('value')!]));
    const [method, handler] = [given.get('method'), given.get('handler')];
    const address = given.get('path') ?? given.get('url');
    const path = address === undefined ? undefined : (textOf(address) ?? constantNamed(address));
    if (method === undefined || path === undefined || !isPath.test(path)) return false;
    const methods = method.type === 'array' ? method.children : [method];
    const all = methods.flatMap((each) => textOf(each)?.toLowerCase() ?? []);
    if (!all.some((verb) => verbs.has(verb) || verb === '*')) return false;
    const others = [...given.values()].filter((value) => value !== handler && value !== address);
    for (const verb of all)
      this.#route(
        verb === '*' ? 'all' : verb,
        path,
        [...(handler === undefined ? [] : [handler]), ...others],
        line,
      );
    return true;
  }

  /** What answers a route may be a method that is only named, also inside of what wraps it. */
  #handler(node: SyntaxNode, member: string): void {
    const at = this.#names.context.line(node.start);
    if (node.type === 'call_expression') {
      const called = node.at('function');
      if (called?.type === 'member_expression' && called.at('property')?.text === 'bind') {
        this.#handler(called.at('object')!, member);
        return;
      }
      for (const arg of node.at('arguments')?.children ?? [])
        if (arg.type === 'member_expression') this.#handler(arg, member);
    } else if (node.type === 'member_expression')
      this.#methodCall(node.at('object')!, node.at('property')?.text ?? '', member, at);
    this.read(node, member);
  }

  #mount(path: string, routers: readonly SyntaxNode[]): void {
    for (const router of routers) {
      const name = router.at('function')?.text ?? router.text;
      const required = name === 'require' ? router.at('arguments')?.child('string') : undefined;
      if (required !== undefined) this.mounts.push({ path, name: textOf(required)! });
      else if (this.#names.imported.has(name)) this.mounts.push({ path, name });
    }
  }
}
