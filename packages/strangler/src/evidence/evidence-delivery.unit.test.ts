import { describe, expect, it } from 'vitest';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { Evidence } from './evidence.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { EvidenceDelivery } from './evidence-delivery.ts';

function windowsOf(names: readonly string[]): Evidence[] {
  const collector = new EvidenceCollector('proxy-1');
  for (const name of names) collector.window(routeNamed(name)).owner.add(1, false);
  return collector.close(new Date());
}

function routeNamed(name: string): CompiledRoute {
  const route = { name, match: { path: '/' }, owner: 'monolith', mode: { kind: 'owner' } } as const;
  return { route, revision: 1, methods: new Set(), path: /^/, plain: true };
}

describe('EvidenceDelivery', () => {
  it('keeps what the sink refuses and delivers it later, in order and once', async () => {
    const delivered: string[] = [];
    let refusals = 2;
    const sink = {
      async record(evidence: readonly Evidence[]) {
        if (refusals-- > 0) throw new Error('ledger down');
        delivered.push(...evidence.map(({ route }) => route));
      },
    };
    const lines: string[] = [];
    const delivery = new EvidenceDelivery(sink, 100, ({ event }) => lines.push(event));
    for (const name of ['a', 'b', 'c']) {
      delivery.push(windowsOf([name]));
      await delivery.flush();
    }
    expect(delivered).toEqual(['a', 'b', 'c']);
    expect(lines).toEqual(['evidence-refused']);
  });

  it('gives the oldest up when too much waits, and says so', async () => {
    let down = true;
    const delivered: string[] = [];
    const sink = {
      async record(evidence: readonly Evidence[]) {
        if (down) throw new Error('ledger down');
        delivered.push(...evidence.map(({ route }) => route));
      },
    };
    const lines: string[] = [];
    const delivery = new EvidenceDelivery(sink, 2, ({ event }) => lines.push(event));
    delivery.push(windowsOf(['a', 'b', 'c']));
    await delivery.flush();
    down = false;
    await delivery.flush();
    expect(delivered).toEqual(['b', 'c']);
    expect(lines).toContain('evidence-dropped');
  });

  it('survives a sink that throws at once', async () => {
    const sink = {
      record(): Promise<void> {
        throw new Error('no');
      },
    };
    const delivery = new EvidenceDelivery(sink, 2, () => undefined);
    delivery.push(windowsOf(['a']));
    await expect(delivery.flush()).resolves.toBeUndefined();
  });
});

describe('EvidenceCollector', () => {
  it('reports only routes with traffic, with at most five samples, of many fields rather than of one', () => {
    const collector = new EvidenceCollector(undefined);
    const route = routeNamed('items');
    for (let n = 0; n < 7; n++) {
      const differences = [{ at: `items[${n}].price`, owner: '1' }, { at: `k${n}` }];
      collector.window(route).shadowed('different', 'GET', '/items/1?token=abc', differences);
    }
    collector.window(route).shadowed('dropped');
    const [evidence, ...rest] = collector.close(new Date());
    expect(rest).toEqual([]);
    expect(evidence?.shadow).toEqual({ samples: 7, equal: 0, late: 0, different: 7, failed: 0, dropped: 1 });
    expect(evidence?.differences.map(({ at }) => at)).toEqual([
      'items[0].price',
      'k0',
      'items[1].price',
      'k1',
      'k2',
    ]);
    expect(evidence?.fields).toHaveLength(8);
    expect(evidence?.fields[0]).toEqual({ field: 'items[*].price', count: 7 });
    expect(JSON.stringify(evidence?.differences)).not.toContain('abc');
    expect(collector.close(new Date())).toEqual([]);
  });
});
