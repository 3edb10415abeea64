import type { InMemoryTransaction } from '@banyan/runtime';
import {
  aggregate,
  aggregateHandler,
  contract,
  InMemoryCheckpointStore,
  InMemoryEventStore,
  project,
  projection,
  Rejected,
} from '@banyan/runtime';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandRoute } from './command/command-route.ts';
import { waitForWrite } from './query/wait-for-write.ts';
import { serve } from './server/serve.ts';
import { type Failure, serviceApp } from './service-app.ts';

const notes = contract({
  commands: { Write: z.object({ text: z.string() }) },
  events: { Written: z.object({ text: z.string() }) },
});
const initial: readonly string[] = [];
const note = aggregate({
  name: 'note',
  contract: notes,
  initial,
  decide: {
    Write: (state, { text }) => {
      if (state.includes(text)) throw new Rejected('said-before', `${text} was said before.`);
      return { type: 'Written', data: { text } };
    },
  },
  evolve: { Written: (state, { text }) => [...state, text] },
});

/** A whole service: commands, a projection and a query over it, on a port of its own. */
async function startService({ healthy = true } = {}) {
  const store = new InMemoryEventStore();
  const checkpoints = new InMemoryCheckpointStore();
  const texts: string[] = [];
  const failures: Failure[] = [];
  const health = () => {
    if (!healthy) throw new Error('secret');
    return { depth: 3, status: 'overridden' };
  };
  const app = serviceApp({ name: 'notes', health, onFailure: (failure) => failures.push(failure) });
  app.post(
    '/notes/:id/write',
    commandRoute({ handler: aggregateHandler({ store, aggregate: note }), type: 'Write' }),
  );
  app.put(
    '/notes/:id/texts/:text',
    commandRoute({
      handler: aggregateHandler({ store, aggregate: note }),
      type: 'Write',
      data: ({ req }) => ({ text: req.param('text') }),
    }),
  );
  app.get('/texts', waitForWrite({ checkpoints, projection: 'texts', timeoutMs: 50 }), (c) => c.json(texts));
  app.get('/broken', () => {
    throw new Error('secret');
  });
  const textsProjection = projection<typeof notes.events, InMemoryTransaction>({
    name: 'texts',
    on: { Written: async ({ data }, tx) => tx.onCommit(() => texts.push(data.text)) },
    reset: async (tx) => tx.onCommit(() => texts.splice(0)),
  });
  const serving = await serve(app);
  const follow = () => project(textsProjection, { feed: store, checkpoints });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(serving.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(serving.url + path, { headers });
  return { store, failures, follow, post, get, [Symbol.asyncDispose]: serving.stop };
}

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return { ...((await response.json()) as object), status: response.status };
};

describe('a command over HTTP', () => {
  test('takes effect, and a query that waits for its position finds it', async () => {
    await using service = await startService();
    await using projected = service.follow();
    const response = await service.post('/notes/1/write', { text: 'hello' }, { 'x-correlation-id': 'mine' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ version: 1, position: '1' });
    expect(response.headers.get('x-correlation-id')).toBe('mine');
    const position = response.headers.get('banyan-position')!;
    const query = await service.get('/texts', { 'banyan-wait-for': position });
    expect(await query.json()).toEqual(['hello']);
    void projected;
  });

  test('can take its data from the path', async () => {
    await using service = await startService();
    const headers = { 'content-type': 'application/json' };
    const url = (await service.get('/health/live')).url.replace('/health/live', '/notes/1/texts/hello');
    expect((await fetch(url, { method: 'PUT', headers, body: '{' })).status).toBe(200);
    const texts = [];
    for await (const event of service.store.readStream('note-1')) texts.push(event.data);
    expect(texts).toEqual([{ text: 'hello' }]);
  });

  test('carries correlation and trace into the event, and passes over malformed ones', async () => {
    await using service = await startService();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await service.post('/notes/1/write', { text: 'a' }, { 'x-correlation-id': 'mine', traceparent });
    await service.post('/notes/1/write', { text: 'b' }, { 'x-correlation-id': 'a b', traceparent: 'x' });
    const metadata = [];
    for await (const event of service.store.readStream('note-1')) metadata.push(event.metadata);
    expect(metadata[0]).toMatchObject({ correlationId: 'mine', traceparent });
    expect(metadata[1]!.correlationId).not.toBe('a b');
    expect(metadata[1]).not.toHaveProperty('traceparent');
  });

  test('takes effect once when it is sent again with its key', async () => {
    await using service = await startService();
    const send = (id: string, key: string) =>
      service.post(`/notes/${id}/write`, { text: 'hello' }, { 'idempotency-key': key });
    const replies = await Promise.all([send('1', 'k'), send('1', 'k'), send('1', 'k')]);
    expect(replies.map((reply) => [reply.status, reply.headers.get('banyan-position')])).toEqual([
      [200, '1'],
      [200, '1'],
      [200, '1'],
    ]);
    expect((await send('2', 'k')).headers.get('banyan-position')).toBe('2');
    expect((await send('1', 'other')).status).toBe(422);
    expect(await problemOf(await send('1', 'x'.repeat(201)))).toMatchObject({
      status: 400,
      code: 'idempotency-key',
    });
  });

  test('answers bad input, refusals and unknown routes with problems', async () => {
    await using service = await startService();
    const invalid = await problemOf(await service.post('/notes/1/write', { text: 5 }));
    expect(invalid).toMatchObject({ status: 400, code: 'invalid-command', problems: [{ field: 'text' }] });
    expect(await problemOf(await service.post('/notes/1/write', ''))).toMatchObject({
      code: 'invalid-command',
    });
    expect(await problemOf(await service.post('/notes/1/write', '{'))).toMatchObject({
      status: 400,
      code: 'not-json',
    });
    const text = { 'content-type': 'text/plain' };
    expect(await problemOf(await service.post('/notes/1/write', '{}', text))).toMatchObject({
      code: 'not-json',
    });
    await service.post('/notes/1/write', { text: 'twice' });
    const refused = await problemOf(await service.post('/notes/1/write', { text: 'twice' }));
    expect(refused).toMatchObject({ status: 422, code: 'said-before', detail: 'twice was said before.' });
    expect(await problemOf(await service.get('/nowhere'))).toMatchObject({
      status: 404,
      code: 'no-such-route',
    });
    expect(await service.store.head()).toBe(1n);
  });

  test('refuses a body that is too large, whether or not it says so before', async () => {
    await using service = await startService();
    const large = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    const tooLarge = { status: 413, code: 'body-too-large', limit: 1024 * 1024 };
    expect(await problemOf(await service.post('/notes/1/write', large))).toMatchObject(tooLarge);
    const stream = new Blob([large]).stream();
    const init = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    const url = (await service.get('/health/live')).url.replace('/health/live', '/notes/1/write');
    expect(await problemOf(await fetch(url, init as RequestInit))).toMatchObject(tooLarge);
    expect(await service.store.head()).toBe(0n);
  });
});

describe('a query that waits', () => {
  test('is told to come again when its projection does not get there in time', async () => {
    await using service = await startService();
    const response = await service.get('/texts', { 'banyan-wait-for': '5' });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problemOf(response)).toMatchObject({
      status: 503,
      code: 'projection-behind',
      wanted: '5',
      at: '0',
    });
  });

  test.each(['x', '-1', '1.5', '99999999999999999999', '9999999999999999999'])(
    'refuses %s',
    async (position) => {
      await using service = await startService();
      const response = await service.get('/texts', { 'banyan-wait-for': position });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'wait-for' });
    },
  );
});

describe('a failing service', () => {
  test('tells its log what happened and its client only the name of the occurrence', async () => {
    await using service = await startService();
    const problem = await problemOf(await service.get('/broken'));
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(problem).toMatchObject({ status: 500, code: 'internal', instance: service.failures[0]!.instance });
    expect(service.failures).toMatchObject([
      { error: { message: 'secret' }, method: 'GET', path: '/broken' },
    ]);
  });

  test('is alive while it is not ready', async () => {
    await using well = await startService();
    const answer = await well.get('/health/ready');
    expect([answer.status, await answer.json()]).toEqual([200, { name: 'notes', status: 'ready', depth: 3 }]);
    await using service = await startService({ healthy: false });
    expect(await (await service.get('/health/live')).json()).toEqual({ name: 'notes', status: 'live' });
    const ready = await service.get('/health/ready');
    expect(await problemOf(ready)).toMatchObject({ status: 503, code: 'not-ready' });
  });
});
