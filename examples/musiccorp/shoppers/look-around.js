import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from './judge.js';

const TRIES = 20;

/** Fills the memory with genres, items and the number of customers, so that the first visitors have something to choose. */
export async function lookAround(send, memory, signal) {
  const { genres } = await firstReply(send, signal);
  memory.genres = genres.map(({ slug }) => slug);
  for (const page of [1, 2, 3, 4]) {
    const reply = await send(`/api/items?sort=bestselling&page=${page}`);
    memory.seeItems(parse(reply.text)?.items ?? []);
  }
  // there are at least as many customers as the largest power of two that names one
  while (memory.customers < 4096 && (await send(`/api/customers/${memory.customers * 2}`)).status === 200)
    memory.customers *= 2;
}

async function firstReply(send, signal) {
  for (let tries = 1; ; tries += 1) {
    const reply = await send('/api/genres');
    const body = parse(reply.text);
    if (reply.status === 200 && Array.isArray(body?.genres)) return body;
    const reason = reply.error ?? `status ${reply.status}`;
    if (tries === TRIES || signal.aborted)
      throw new Error(`the shop does not answer GET /api/genres (${reason})`);
    await sleep(500, undefined, { signal }).catch(() => {});
  }
}
