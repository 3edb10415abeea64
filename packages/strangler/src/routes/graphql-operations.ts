import { type DocumentNode, Kind, type OperationDefinitionNode, parse, type SelectionSetNode } from 'graphql';

/** One operation of a GraphQL request. */
export interface GraphqlOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Names of the root fields, not aliases, also those that come by fragments; without `__typename`. */
  readonly fields: readonly string[];
}

/** Operations in one batch at most; a longer batch is not looked into. */
const mostOperations = 50;
/** Tokens of one document at most: a longer one is not looked into. */
const mostTokens = 10_000;
const mostFields = 200;
const mostKept = 1_000;
/** Longer documents are parsed each time: texts written by a client for one request would push out the others. */
const longestKept = 8_192;

const kept = new Map<string, readonly GraphqlOperation[] | null>();

/**
 * The operations of a GraphQL request over HTTP: of a JSON body, one request or a batch of them, of a body in
 * `application/graphql`, or of the parameter `query` of a GET. Undefined where that can't be told: no GraphQL, a syntax
 * error, a persisted query without its text, several operations without a name, or too long.
 */
export function graphqlOperations(request: {
  readonly contentType: string | undefined;
  readonly body: string | undefined;
  /** The query of the URL, without the question mark. */
  readonly search: string | undefined;
}): readonly GraphqlOperation[] | undefined {
  const { contentType, body, search } = request;
  if (body === undefined || body === '') {
    const parameters = new URLSearchParams(search ?? '');
    return operationsOf(parameters.get('query'), parameters.get('operationName'));
  }
  if (/^application\/graphql\s*(;|$)/i.test(contentType ?? '')) return operationsOf(body, undefined);
  const asked = parseJson(body);
  const batch = Array.isArray(asked) ? asked : [asked];
  if (batch.length === 0 || batch.length > mostOperations) return undefined;
  const operations: GraphqlOperation[] = [];
  for (const one of batch) {
    if (typeof one !== 'object' || one === null) return undefined;
    const { query, operationName } = one as Record<string, unknown>;
    const found = operationsOf(query, operationName);
    if (found === undefined) return undefined;
    operations.push(...found);
  }
  return operations;
}

function operationsOf(query: unknown, name: unknown): readonly GraphqlOperation[] | undefined {
  if (typeof query !== 'string') return undefined;
  const key = `${typeof name === 'string' ? name : ''}\n${query}`;
  const known = kept.get(key);
  if (known !== undefined) return known ?? undefined;
  const found = read(query, name);
  if (key.length <= longestKept) {
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
    kept.set(key, found ?? null);
  }
  return found;
}

function read(query: string, name: unknown): readonly GraphqlOperation[] | undefined {
  let document: DocumentNode;
  try {
    document = parse(query, { noLocation: true, maxTokens: mostTokens });
  } catch {
    return undefined;
  }
  const operations = document.definitions.filter(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  const named = typeof name === 'string' && name !== '';
  const chosen = named ? operations.filter((one) => one.name?.value === name) : operations;
  if (chosen.length !== 1) return undefined;
  const fields = rootFields(document, chosen[0]!.selectionSet);
  return fields === undefined ? undefined : [{ kind: chosen[0]!.operation, fields }];
}

function rootFields(document: DocumentNode, root: SelectionSetNode): readonly string[] | undefined {
  const fields = new Set<string>();
  const seen = new Set<string>();
  const waiting = [root];
  while (waiting.length > 0) {
    for (const selection of waiting.pop()!.selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value !== '__typename') fields.add(selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = document.definitions.find(
          (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
        );
        if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) return undefined;
        waiting.push(fragment.selectionSet);
      }
      if (fields.size > mostFields) return undefined;
    }
  }
  return [...fields];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
