import { Agent, get, type IncomingMessage } from 'node:http';
import { Unavailable } from '@banyan/runtime';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { serve } from './serve.ts';

/** An application that answers `/slow` when it is told to. */
function slowApp() {
  const app = new Hono();
  let answer = () => {};
  const arrived = new Promise<void>((resolve) => {
    app.get('/slow', async (context) => {
      const told = new Promise<void>((tell) => {
        answer = tell;
      });
      resolve();
      await told;
      return context.text('slow');
    });
  });
  app.get('/', (context) => context.text('hello'));
  return { app, arrived, answer: () => answer() };
}

function request(url: string, agent: Agent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, async (reply: IncomingMessage) => {
      let text = '';
      for await (const chunk of reply) text += chunk;
      resolve({ status: reply.statusCode!, text });
    }).on('error', reject);
  });
}

describe('a server', () => {
  test('finishes what is under way, closes what is idle and takes nothing new when its signal aborts', async () => {
    const { app, arrived, answer } = slowApp();
    const ending = new AbortController();
    const serving = await serve(app, { signal: ending.signal, drainMs: 60_000 });
    const agent = new Agent({ keepAlive: true });
    const [slow] = [request(`${serving.url}/slow`, agent), await request(serving.url, agent)];
    await arrived;
    ending.abort();
    await expect(request(serving.url, new Agent())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    answer();
    expect(await slow).toEqual({ status: 200, text: 'slow' });
    await serving.closed;
    agent.destroy();
  });

  test('cuts off what takes longer than the drain may', async () => {
    const { app, arrived } = slowApp();
    const serving = await serve(app, { drainMs: 10 });
    const slow = request(`${serving.url}/slow`, new Agent());
    await arrived;
    await Promise.all([expect(slow).rejects.toMatchObject({ code: 'ECONNRESET' }), serving.stop()]);
    await serving.stop();
  });

  test('says so when its port is taken', async () => {
    await using first = await serve(new Hono());
    const second = serve(new Hono(), { port: first.port });
    await expect(second).rejects.toBeInstanceOf(Unavailable);
    await expect(second).rejects.toMatchObject({ code: 'port-in-use', details: { port: first.port } });
    await expect(serve(new Hono(), { host: '203.0.113.1' })).rejects.toMatchObject({ code: 'cannot-listen' });
  });

  test('ends at once when its signal was aborted before', async () => {
    const serving = await serve(new Hono(), { signal: AbortSignal.abort() });
    await serving.closed;
  });
});
