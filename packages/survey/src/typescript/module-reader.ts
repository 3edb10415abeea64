import type { AnnotationFact, CallChain, ImportFact, TieKind } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { chainOf, madeOf } from './call-chains.ts';
import { decoratorsOf } from './decorators.ts';
import { chainWords } from './mappings/chain-words.ts';
import { mark, textOf } from './text.ts';
import { typeNames } from './type-names.ts';

export interface ModuleContext {
  readonly line: (offset: number) => number;
  readonly constants: ReadonlyMap<string, string>;
  readonly imports: readonly ImportFact[];
}

/** The member of what stands at the top of a module and runs when it is loaded. */
export const top = '<top>';

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'head', 'options']);
const transactions = /^\$?(with|run|in|begin|start)?(in|a)?transaction(al|sync)?$/i;
const functions = new Set(['arrow_function', 'function_expression', 'function', 'function_declaration']);

/** Walks a module and notes what its functions mention, call, say and answer. */
export class ModuleReader {
  readonly mounts: { path: string; name: string }[] = [];
  readonly #unit: UnitBuilder;
  readonly #context: ModuleContext;
  readonly #imported: ReadonlySet<string>;
  readonly #own = new Set<string>();
  /** Calls that are a part of a chain that was noted. */
  readonly #chained = new Set<SyntaxNode>();
  /** The constant whose value is read, and the table that is being created. */
  #assigned: string | undefined;
  #creating: string | undefined;
  /** Names of fields and variables to the name of their type. */
  #scope = new Map<string, string>();

  constructor(unit: UnitBuilder, context: ModuleContext) {
    this.#unit = unit;
    this.#context = context;
    this.#imported = new Set(context.imports.map(({ as }) => as));
  }

  statement(statement: SyntaxNode): void {
    const declared =
      statement.type === 'export_statement' ? (statement.at('declaration') ?? statement) : statement;
    if (declared.type === 'import_statement') return;
    if (/class_declaration$/.test(declared.type)) {
      const decorators = [
        ...decoratorsOf(statement, this.#context.line),
        ...decoratorsOf(declared, this.#context.line),
      ];
      this.#class(declared, decorators);
    } else if (functions.has(declared.type)) this.#function(declared.at('name')?.text ?? top, declared);
    else if (/^(lexical|variable)_declaration$/.test(declared.type))
      for (const one of declared.all('variable_declarator')) this.#variable(one);
    else this.#read(declared, top);
  }

  #variable(declarator: SyntaxNode): void {
    const [name, value] = [declarator.at('name'), declarator.at('value')];
    const type = declarator.at('type');
    if (type !== undefined) this.#types(type, 'local', top);
    if (name?.type === 'identifier' && !this.#imported.has(name.text)) this.#declare(name.text);
    if (value === undefined) return;
    if (name?.type === 'identifier' && functions.has(value.type)) this.#function(name.text, value);
    else if (name?.type === 'identifier' && this.#context.constants.has(name.text)) return;
    else {
      this.#assigned = name?.text;
      this.#read(value, top);
      this.#assigned = undefined;
    }
  }

  #declare(name: string): void {
    this.#own.add(name);
    this.#unit.nested.push(name);
    this.#unit.word('member', name);
  }

  #function(name: string, node: SyntaxNode): void {
    if (name !== top) this.#declare(name);
    this.#unit.members.push({
      kind: 'method',
      name,
      line: this.#context.line(node.start),
      annotations: [],
      types: [],
      parameters: [],
    });
    this.#signature(node, name);
    const body = node.at('body');
    if (body !== undefined) this.#read(body, name);
  }

  #signature(node: SyntaxNode, member: string): void {
    for (const parameter of node.at('parameters')?.children ?? []) {
      const [pattern, type] = [parameter.at('pattern'), parameter.at('type')];
      if (pattern?.type === 'identifier') this.#unit.word('body', pattern.text);
      if (type === undefined) continue;
      const [first] = this.#types(type, 'parameter', member);
      if (pattern?.type === 'identifier' && first !== undefined) this.#scope.set(pattern.text, first);
    }
    const returns = node.at('return_type');
    if (returns !== undefined) this.#types(returns, 'returns', member);
  }

  #class(node: SyntaxNode, decorators: readonly AnnotationFact[]): void {
    const { line } = this.#context;
    const name = node.at('name')?.text ?? top;
    this.#declare(name);
    this.#unit.annotations.push(...decorators);
    for (const heritage of node.child('class_heritage')?.children ?? [node.child('class_heritage')])
      if (heritage !== undefined) this.#heritage(heritage);
    const outer = this.#scope;
    this.#scope = new Map(outer);
    let waiting: AnnotationFact[] = [];
    for (const member of node.at('body')?.children ?? []) {
      // A decorator of a method stands before it, one of a field inside.
      if (member.type === 'decorator') waiting.push(...decoratorsOf({ children: [member] }, line));
      else {
        this.#member(member, [...waiting, ...decoratorsOf(member, line)]);
        waiting = [];
      }
    }
    this.#scope = outer;
  }

  #heritage(clause: SyntaxNode): void {
    const how = clause.type === 'implements_clause' ? 'implements' : 'extends';
    const line = this.#context.line(clause.start);
    for (const child of clause.children) {
      if (child.type === 'type_arguments') this.#types(child, 'manages', top);
      else if (/identifier$/.test(child.type)) this.#unit.mention({ name: child.text, how, line });
      else if (child.type === 'generic_type') this.#types(child, how, top);
    }
  }

  #member(node: SyntaxNode, annotations: readonly AnnotationFact[]): void {
    const { line } = this.#context;
    const name = node.at('name')?.text ?? '?';
    const type = node.at('type');
    this.#unit.word('member', name);
    for (const one of annotations) this.#annotation(one, name);
    const given = (node.at('parameters')?.children ?? []).flatMap((each) => decoratorsOf(each, line));
    for (const one of given) this.#annotation(one, name);
    const isMethod = node.type.startsWith('method') || node.type === 'abstract_method_signature';
    const types = type === undefined ? [] : this.#types(type, 'field', name);
    if (!isMethod && types[0] !== undefined) this.#scope.set(`this.${name}`, types[0]);
    this.#unit.members.push({
      kind: isMethod ? 'method' : 'field',
      name,
      line: line(node.start),
      annotations: [...annotations, ...given],
      types: isMethod ? [] : types,
      parameters: [],
    });
    if (isMethod) this.#signature(node, name);
    for (const parameter of node.at('parameters')?.children ?? []) {
      const [pattern, of] = [parameter.at('pattern')?.text, parameter.at('type')];
      // `constructor(private readonly orders: Orders)` declares a field.
      if (name === 'constructor' && pattern !== undefined && of !== undefined) {
        const [first] = typeNames(of);
        if (first !== undefined) this.#scope.set(`this.${pattern}`, first);
      }
    }
    const inside = node.at('body') ?? node.at('value');
    if (inside !== undefined) this.#read(inside, name);
  }

  #annotation({ name, line, arguments: values }: AnnotationFact, member: string): void {
    this.#unit.mention({ name, how: 'mentions', line, member });
    for (const text of Object.values(values).flat())
      for (const [word] of text.matchAll(/\b[A-Z]\w*/g))
        if (this.#imported.has(word)) this.#unit.mention({ name: word, how: 'mentions', line, member });
  }

  #types(node: SyntaxNode, how: TieKind, member: string): string[] {
    const names = typeNames(node);
    const line = this.#context.line(node.start);
    for (const name of names) {
      this.#unit.word('type', name);
      this.#unit.mention({ name, how, line, member });
    }
    return names;
  }

  #read(node: SyntaxNode, member: string): void {
    const { line } = this.#context;
    const text = textOf(node);
    if (text !== undefined) this.#unit.texts.push({ text, line: line(node.start), member });
    switch (node.type) {
      case 'call_expression':
        this.#call(node, member);
        return;
      case 'new_expression': {
        const made = node.at('constructor');
        if (made !== undefined && chainWords.has(made.text))
          this.#chain(madeOf(node, this.#context.constants), node, member);
        if (made?.type === 'identifier')
          this.#unit.mention({ name: made.text, how: 'creates', line: line(node.start), member });
        for (const child of node.children) if (child !== made) this.#read(child, member);
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
        this.#types(node, 'local', member);
        return;
    }
    for (const child of node.children)
      if (text === undefined || child.type === 'template_substitution') this.#read(child, member);
  }

  #local(declarator: SyntaxNode): void {
    const [name, type, value] = [declarator.at('name'), declarator.at('type'), declarator.at('value')];
    if (name?.type !== 'identifier') return;
    this.#unit.word('body', name.text);
    const made = value?.type === 'new_expression' ? value.at('constructor')?.text : undefined;
    const [first] = type === undefined ? [made] : typeNames(type);
    if (first !== undefined) this.#scope.set(name.text, first);
  }

  /** A function or constant that is handed on: a function may be called there, a text is said here. */
  #identifier(node: SyntaxNode, member: string): void {
    const name = node.text;
    const line = this.#context.line(node.start);
    if (this.#context.constants.has(name) || this.#imported.has(name)) {
      if (/^[A-Z][A-Z0-9_]*$/.test(name))
        this.#unit.texts.push({ text: `${mark}${name}${mark}`, line, member });
      else if (this.#imported.has(name))
        this.#unit.mention({ name, how: 'calls', line, member, called: this.#calledName(name) });
    } else if (this.#own.has(name) && member !== name)
      this.#unit.mention({ name: 'this', how: 'calls', line, member, called: name });
  }

  #calledName(name: string): string {
    const imported = this.#context.imports.find(({ as }) => as === name)?.name;
    return imported === undefined || imported === '*' ? name : imported;
  }

  #chain(segments: CallChain['segments'], node: SyntaxNode, member: string): void {
    const line = this.#context.line(node.start);
    this.#unit.chains.push({
      segments,
      line,
      member,
      ...(this.#assigned === undefined ? {} : { assigned: this.#assigned }),
      ...(this.#creating === undefined ? {} : { inside: this.#creating }),
    });
  }

  #call(node: SyntaxNode, member: string): void {
    const { line } = this.#context;
    if (!this.#chained.has(node)) {
      const segments = chainOf(node, this.#context.constants, this.#chained);
      if (segments?.some(({ name, given }) => given !== undefined && chainWords.has(name)))
        this.#chain(segments, node, member);
    }
    const [called, given] = [node.at('function'), node.at('arguments')];
    const method = called?.at('property')?.text ?? (called?.type === 'identifier' ? called.text : '');
    const at = line(node.start);
    if (method !== '') this.#unit.word('body', method);
    const args = given?.type === 'arguments' ? given.children : [];
    if (called?.type === 'member_expression') {
      const object = called.at('object')!;
      const path = args[0] === undefined ? undefined : textOf(args[0]);
      if (verbs.has(method) && path?.startsWith('/') && args.length > 1) {
        this.#route(method, path, args.slice(1), at);
        return;
      }
      if (method === 'use' && path?.startsWith('/')) this.#mount(path, args.slice(1));
      this.#methodCall(object, method, member, at);
      if (object.type !== 'identifier' && object.type !== 'this') this.#read(object, member);
    } else if (called?.type === 'identifier') {
      const name = called.text;
      if (this.#imported.has(name))
        this.#unit.mention({ name, how: 'calls', line: at, member, called: this.#calledName(name) });
      else this.#unit.mention({ name: 'this', how: 'calls', line: at, member, called: name });
    } else if (called !== undefined) this.#read(called, member);
    const isTransaction = transactions.test(method);
    // What runs in it is not to be seen here: whatever this member does is counted.
    if (isTransaction && args.length > 0 && !args.some(({ type }) => functions.has(type)))
      this.#transactional(member, at);
    const before = [this.#assigned, this.#creating] as const;
    this.#assigned = undefined;
    if (/^(create|alter)?table(ifnotexists)?$/i.test(method) && args[0]?.type === 'string')
      this.#creating = textOf(args[0]);
    for (const [index, arg] of args.entries()) {
      if (isTransaction && functions.has(arg.type)) this.#transaction(arg, member, at, index);
      else this.#read(arg, member);
    }
    [this.#assigned, this.#creating] = before;
    if (given?.type === 'template_string') this.#read(given, member);
  }

  #methodCall(object: SyntaxNode, method: string, member: string, line: number): void {
    const text = object.text;
    if (object.type === 'this') {
      this.#unit.mention({ name: 'this', how: 'calls', line, member, called: method });
      return;
    }
    const type = this.#scope.get(text);
    if (type !== undefined) {
      this.#unit.mention({ name: type, how: 'calls', line, member, called: method });
      return;
    }
    if (object.type === 'identifier' && this.#imported.has(text))
      this.#unit.mention({ name: text, how: 'calls', line, member, called: method });
  }

  /** What runs in one transaction is a member of its own, so that what is before and after it is not counted. */
  #transaction(callback: SyntaxNode, member: string, line: number, index: number): void {
    const own = `${member}~transaction${index > 1 ? index : ''}`;
    this.#transactional(own, line);
    this.#unit.mention({ name: 'this', how: 'calls', line, member, called: own });
    this.#signature(callback, own);
    const body = callback.at('body');
    if (body !== undefined) this.#read(body, own);
  }

  #transactional(name: string, line: number): void {
    const annotations = [{ name: 'Transactional', line, arguments: {} }];
    this.#unit.members.push({ kind: 'method', name, line, annotations, types: [], parameters: [] });
  }

  #route(verb: string, path: string, handlers: readonly SyntaxNode[], line: number): void {
    const member = `${verb.toUpperCase()} ${path}`;
    this.#unit.routes.push({ verb: verb === 'all' ? 'ANY' : verb.toUpperCase(), path, member, line });
    for (const handler of handlers) this.#read(handler, member);
  }

  #mount(path: string, routers: readonly SyntaxNode[]): void {
    for (const router of routers) {
      const name = router.at('function')?.text ?? router.text;
      if (this.#imported.has(name)) this.mounts.push({ path, name });
    }
  }
}
