import { describe, expect, it } from 'vitest';
import { graphqlOperations } from './graphql-operations.ts';

const post = (body: unknown) =>
  graphqlOperations({
    contentType: 'application/json; charset=utf-8',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    search: undefined,
  });

describe('graphqlOperations', () => {
  it.each<[string, unknown, unknown]>([
    ['a short query', { query: '{ products { id } }' }, [{ kind: 'query', fields: ['products'] }]],
    [
      'aliases and __typename',
      { query: 'query { mine: product(id: 1) { id } __typename }' },
      [{ kind: 'query', fields: ['product'] }],
    ],
    [
      'fragments at the root',
      {
        query:
          'query { ...A ... on Query { c } } fragment A on Query { a ...B } fragment B on Query { b ...A }',
      },
      [{ kind: 'query', fields: ['c', 'a', 'b'] }],
    ],
    [
      'the operation that is named',
      { query: 'query Q { a } mutation M { b }', operationName: 'M' },
      [{ kind: 'mutation', fields: ['b'] }],
    ],
    [
      'a batch',
      [{ query: '{ a }' }, { query: 'mutation { b }' }],
      [
        { kind: 'query', fields: ['a'] },
        { kind: 'mutation', fields: ['b'] },
      ],
    ],
    ['several operations without a name', { query: 'query Q { a } query R { b }' }, undefined],
    ['a name that is not there', { query: 'query Q { a }', operationName: 'X' }, undefined],
    ['a fragment that is not there', { query: '{ ...A }' }, undefined],
    ['a syntax error', { query: '{ a ' }, undefined],
    [
      'a persisted query without its text',
      { extensions: { persistedQuery: { sha256Hash: 'x' } } },
      undefined,
    ],
    ['an empty batch', [], undefined],
    ['a batch with something else in it', [{ query: '{ a }' }, 7], undefined],
    ['no JSON', '{', undefined],
    ['a document that is too long', { query: `{ ${'a '.repeat(11_000)} }` }, undefined],
    ['a batch that is too long', Array.from({ length: 51 }, () => ({ query: '{ a }' })), undefined],
  ])('reads %s', (_what, body, operations) => {
    expect(post(body)).toEqual(operations);
    expect(post(body), 'the second time').toEqual(operations);
  });

  it('reads application/graphql and the parameters of a GET', () => {
    const body = 'mutation { a }';
    expect(graphqlOperations({ contentType: 'application/graphql', body, search: undefined })).toEqual([
      { kind: 'mutation', fields: ['a'] },
    ]);
    const search = 'query=query%20Q%20%7B%20a%20%7D%20query%20R%20%7B%20b%20%7D&operationName=R';
    expect(graphqlOperations({ contentType: undefined, body: undefined, search })).toEqual([
      { kind: 'query', fields: ['b'] },
    ]);
  });
});
