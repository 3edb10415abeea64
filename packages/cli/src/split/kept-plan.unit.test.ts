import { expect, test } from 'vitest';
import type { SplitConfig } from '../config/config.ts';
import { keptPlan, plannedTranslators, planOf } from './kept-plan.ts';

test('what was planned keeps the event store that its events go to, whatever becomes of the configuration', () => {
  const events = { of: () => [], inline: [], schema: 'log' };
  const split: SplitConfig = {
    service: 'warehouse',
    tables: ['public.stock'],
    reshape: { into: ['public.levels'], forth: () => [], events },
  };
  const kept = keptPlan(split, false);
  expect(kept.events).toEqual({ schema: 'log' });
  const reshape = { ...split.reshape!, events: { ...events, schema: 'other' } };
  expect(plannedTranslators(kept, { reshape })?.events).toEqual(events);
  expect(planOf('stock', kept, {}).reshaped).toEqual({ into: ['public.levels'], back: false, events: true });
});
