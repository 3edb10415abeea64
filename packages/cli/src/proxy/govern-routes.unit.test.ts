import type { RecordedEvent } from '@banyan/runtime';
import { describe, expect, test } from 'vitest';
import { addRouteEvidence, evolveRoute, type RouteView } from '../ledger/routes/route-view.ts';
import { quietEvidence } from '../testing/ledger-with-traffic.ts';
import { rule } from './govern-routes.ts';

const said = { by: 'ada', reason: 'test', at: 'now' };
let position = 0n;

function event(type: string, data: object): RecordedEvent {
  position++;
  return { type, data: { ...said, ...data }, position, streamId: 'route-r' } as unknown as RecordedEvent;
}

function routeWith(rollout: object, ...events: readonly (readonly [string, object])[]): RouteView {
  const definition = { match: { path: '/' }, candidate: 'c', rollout: { shares: [5, 50], ...rollout } };
  const all = [['RouteSet', { definition, configured: false }] as const, ...events];
  let view: RouteView | undefined;
  for (const [type, data] of all) view = evolveRoute(view, 'r', event(type, data));
  return view!;
}

/** Seconds of 200 requests each, of which as many replies differ. */
function seen(view: RouteView, seconds: number, different = 0): RouteView {
  const durations = [[80, 200]] as const;
  const side = { requests: 200, errors: 0, p50Ms: 1, p99Ms: 1, maxMs: 1, durations };
  const shadow = { samples: 200, equal: 200 - different, late: 0, different, failed: 0, dropped: 0 };
  const revision = String(view.revision);
  const evidence = quietEvidence({ revision, owner: side, copies: side, candidate: side, shadow });
  let next = view;
  for (let n = 0; n < seconds; n++) next = addRouteEvidence(next, evidence);
  return next;
}

describe('the rule over a route', () => {
  test('says nothing without data, and advances when every limit is kept', () => {
    expect(rule(routeWith({}))).toBeUndefined();
    expect(rule(seen(routeWith({}), 2))).toBeUndefined();
    expect(rule(seen(routeWith({}), 12))).toMatchObject({
      command: 'Advance',
      reason: 'every limit is kept: on to canary-5',
    });
  });

  test('rolls back on differences, held or not', () => {
    const bad = { command: 'RollBack', reason: '10 of 200 replies differ on item' };
    expect(rule(seen(routeWith({}), 1, 10))).toMatchObject(bad);
    expect(rule(seen(routeWith({}, ['RouteHeld', {}]), 1, 10))).toMatchObject(bad);
  });

  test('waits while the route is held, for a sample and for approval', () => {
    expect(rule(seen(routeWith({}, ['RouteHeld', {}]), 12))).toBeUndefined();
    expect(rule(seen(routeWith({ leastCompared: 5_000 }), 12))).toBeUndefined();
    const waits = routeWith({ approvals: [50] }, ['RouteAdvanced', { stage: 1, findings: [] }]);
    expect(rule(seen(waits, 12))).toBeUndefined();
    const approved = evolveRoute(waits, 'r', event('RouteApproved', { stage: 2 }));
    expect(rule(seen(approved, 12))).toMatchObject({ command: 'Advance' });
  });

  test('says nothing of a route that nobody rolls out, is moved or was rolled back', () => {
    const definition = { match: { path: '/' }, candidate: 'c', mode: { kind: 'canary', share: 0.5 } };
    const fixed = evolveRoute(undefined, 'r', event('RouteSet', { definition, configured: false }));
    expect(rule(seen(fixed, 12, 10))).toBeUndefined();
    expect(rule(seen(routeWith({}, ['RouteAdvanced', { stage: 3, findings: [] }]), 12))).toBeUndefined();
    expect(rule(seen(routeWith({}, ['RouteRolledBack', { findings: [] }]), 12, 10))).toBeUndefined();
  });
});
