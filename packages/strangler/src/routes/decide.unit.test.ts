import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { Route, RouteMode } from './route.ts';
import { stickyPlace } from './sticky.ts';

function routeIn(mode: RouteMode): Route {
  return { name: 'items', match: { path: '/items' }, owner: 'monolith', candidate: 'catalogue', mode };
}

const canaryAt = (share: number, sample?: number) =>
  routeIn({ kind: 'canary', share, ...(sample === undefined ? {} : { sample }) });

describe('decide', () => {
  it('keeps a client on the candidate when the share grows', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), share, share, (key, a, b) => {
        const place = stickyPlace(key);
        const at = (part: number) => decide(canaryAt(part), { place, sample: 0.5 }).side;
        if (at(Math.min(a, b)) === 'candidate') expect(at(Math.max(a, b))).toBe('candidate');
      }),
    );
  });

  it.each([0.05, 0.25, 0.5])('gives the candidate about a share of %d of the clients', (share) => {
    for (const keyOf of [
      (n: number) => `user-${n}`,
      (n: number) => String(n),
      (n: number) => `${n}@shop.example`,
    ]) {
      const keys = Array.from({ length: 20_000 }, (_, n) => keyOf(n));
      const moved = keys.filter(
        (key) => decide(canaryAt(share), { place: stickyPlace(key), sample: 0 }).side === 'candidate',
      );
      // Five standard deviations of a fair draw.
      const tolerance = 5 * Math.sqrt((share * (1 - share)) / keys.length);
      expect(Math.abs(moved.length / keys.length - share)).toBeLessThan(tolerance);
    }
  });

  it('gives nobody at share 0 and everybody at share 1 to the candidate', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const place = stickyPlace(key);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(1);
        expect(decide(canaryAt(0), { place, sample: 0 }).side).toBe('owner');
        expect(decide(canaryAt(1), { place, sample: 0 }).side).toBe('candidate');
      }),
    );
  });

  it('compares the sample, whoever answers, until the route has moved', () => {
    const shadow = routeIn({ kind: 'shadow', sample: 0.1 });
    const sideAndShadow = (route: Route, place: number, sample: number) => {
      const decision = decide(route, { place, sample });
      return [decision.side, decision.shadow];
    };
    expect(sideAndShadow(shadow, 0, 0.09)).toEqual(['owner', true]);
    expect(sideAndShadow(shadow, 0, 0.1)).toEqual(['owner', false]);
    expect(sideAndShadow(canaryAt(0.5, 0.1), 0.4, 0.09)).toEqual(['candidate', true]);
    expect(sideAndShadow(canaryAt(0.5, 0.1), 0.4, 0.1)).toEqual(['candidate', false]);
    expect(sideAndShadow(canaryAt(1, 1), 0.99, 0.99)).toEqual(['candidate', true]);
    expect(sideAndShadow(canaryAt(0.5), 0.4, 0)).toEqual(['candidate', false]);
    expect(sideAndShadow(canaryAt(0.5, 1), 0.5, 0.9)).toEqual(['owner', true]);
    expect(sideAndShadow(canaryAt(0.5), 0.5, 0)).toEqual(['owner', false]);
    expect(sideAndShadow(routeIn({ kind: 'owner' }), 0, 0)).toEqual(['owner', false]);
    expect(sideAndShadow(routeIn({ kind: 'moved' }), 0.99, 0)).toEqual(['candidate', false]);
  });

  it('gives writes to one side, whole, and copies of them only to a sandboxed candidate', () => {
    const draws = { place: 0, sample: 0 };
    const write = { read: false };
    const shadow = routeIn({ kind: 'shadow', sample: 1 });
    expect(decide(shadow, draws, write)).toMatchObject({ side: 'owner', shadow: false });
    expect(decide(shadow, draws, { ...write, sandboxed: true })).toMatchObject({
      side: 'owner',
      shadow: true,
    });
    expect(decide(canaryAt(1), draws, write)).toMatchObject({ side: 'owner' });
    expect(decide(routeIn({ kind: 'moved' }), draws, write)).toEqual({
      side: 'candidate',
      shadow: false,
      fallback: false,
    });
  });

  it('lets the owner answer what the candidate fails to, for reads and unless the route says otherwise', () => {
    const moved = routeIn({ kind: 'moved' });
    expect(decide(moved, { place: 0, sample: 0 }).fallback).toBe(true);
    expect(decide({ ...moved, fallback: false }, { place: 0, sample: 0 }).fallback).toBe(false);
  });
});
