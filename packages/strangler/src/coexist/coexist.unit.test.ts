import { describe, expect, it } from 'vitest';
import type { Evidence } from '../evidence/evidence.ts';
import type { RouteMode, RouteTable } from '../routes/route.ts';
import { coexist } from './coexist.ts';

interface Quote {
  readonly total: number;
  readonly at?: number;
}

function pair(
  mode: RouteMode,
  change: { readonly new?: (id: string) => Quote; readonly fallback?: boolean } = {},
) {
  const evidence: Evidence[] = [];
  const called: string[] = [];
  const tableOf = (current: RouteMode, revision = 1): RouteTable => ({
    revision,
    upstreams: { old: { url: 'http://old' }, new: { url: 'http://new' } },
    default: 'old',
    routes: [
      {
        name: 'quote',
        match: { path: '/' },
        owner: 'old',
        candidate: 'new',
        mode: current,
        compare: { ignore: ['at'] },
        ...(change.fallback === undefined ? {} : { fallback: change.fallback }),
      },
    ],
  });
  let table = tableOf(mode);
  const both = coexist<[string], Quote>({
    route: 'quote',
    routes: () => table,
    sink: { record: async (windows) => void evidence.push(...windows) },
    old: (id) => {
      called.push(`old ${id}`);
      return { total: 5, at: 1 };
    },
    new: (id) => {
      called.push(`new ${id}`);
      return change.new?.(id) ?? { total: 5, at: 2 };
    },
    keyOf: (id) => id,
    random: () => 0,
  });
  return {
    both,
    evidence,
    called,
    set: (next: RouteMode) => {
      table = tableOf(next, 2);
    },
  };
}

const failing = () => {
  throw new Error('not yet');
};

describe('coexist', () => {
  it('lets the old one answer, and compares the new one’s results', async () => {
    const { both, evidence, called } = pair(
      { kind: 'shadow', sample: 1 },
      { new: (id) => ({ total: Number(id) }) },
    );
    expect(await both.call('5')).toEqual({ total: 5, at: 1 });
    expect(await both.call('6')).toEqual({ total: 5, at: 1 });
    await both[Symbol.asyncDispose]();
    expect(called.sort()).toEqual(['new 5', 'new 6', 'old 5', 'old 6']);
    expect(evidence).toMatchObject([
      {
        route: 'quote',
        owner: { requests: 2 },
        candidate: { requests: 0 },
        copies: { requests: 2 },
        shadow: { equal: 1, different: 1 },
        fields: [{ field: 'total', count: 1 }],
      },
    ]);
  });

  it('lets the new one answer a sticky share, with the old one as its fallback', async () => {
    const { both, evidence, set } = pair({ kind: 'canary', share: 0.5 }, { new: failing });
    const ids = Array.from({ length: 40 }, (_, n) => `customer-${n}`);
    for (const id of ids) expect((await both.call(id)).total).toBe(5);
    await both.flush();
    const [{ candidate, owner, fallbacks }] = evidence as [Evidence];
    expect(candidate.requests).toBeGreaterThan(5);
    expect([candidate.errors, fallbacks, owner.requests]).toEqual([
      candidate.requests,
      candidate.requests,
      40,
    ]);
    set({ kind: 'owner' });
    await both.call('x');
    await both[Symbol.asyncDispose]();
    expect(evidence.at(-1)).toMatchObject({ candidate: { requests: 0 }, owner: { requests: 1 } });
  });

  it('compares in a canary whoever answers, so that evidence does not run dry as the share grows', async () => {
    const { both, evidence, called } = pair(
      { kind: 'canary', share: 1, sample: 1 },
      { new: (id) => ({ total: Number(id) }) },
    );
    expect(await both.call('5')).toEqual({ total: 5 });
    expect(await both.call('6')).toEqual({ total: 6 });
    await both[Symbol.asyncDispose]();
    expect(called.sort()).toEqual(['new 5', 'new 6', 'old 5', 'old 6']);
    expect(evidence).toMatchObject([
      {
        owner: { requests: 0 },
        candidate: { requests: 2 },
        copies: { requests: 0 },
        shadow: { equal: 1, different: 1 },
      },
    ]);
  });

  it('runs only one of them where the function writes, and hides no error', async () => {
    const { both } = pair({ kind: 'moved' }, { new: failing, fallback: false });
    await expect(both.call('1')).rejects.toThrow('not yet');
    const called: string[] = [];
    const writing = coexist<[], void>({
      route: 'quote',
      routes: () => ({
        revision: 1,
        upstreams: { a: { url: 'http://a' }, b: { url: 'http://b' } },
        default: 'a',
        routes: [
          {
            name: 'quote',
            match: { path: '/' },
            owner: 'a',
            candidate: 'b',
            mode: { kind: 'shadow', sample: 1 },
          },
        ],
      }),
      sink: { record: async () => undefined },
      old: () => void called.push('old'),
      new: () => void called.push('new'),
      read: false,
    });
    await writing.call();
    await writing[Symbol.asyncDispose]();
    expect(called).toEqual(['old']);
    await both[Symbol.asyncDispose]();
  });

  it('needs a route of its name', () => {
    const routes = () => ({ revision: 1, upstreams: {}, default: 'x', routes: [] });
    const sink = { record: async () => undefined };
    expect(() => coexist({ route: 'none', routes, sink, old: () => 1, new: () => 1 })).toThrow(
      /no route "none"/,
    );
  });
});
