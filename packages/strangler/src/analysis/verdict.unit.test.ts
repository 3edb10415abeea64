import { describe, expect, it } from 'vitest';
import { type Durations, Histogram } from '../evidence/histogram.ts';
import { type Analysis, analyse, beginAnew, beginStep, newAnalysis } from './analysis.ts';
import { analysisRules } from './analysis-rules.ts';
import type { AnalysedEvidence } from './route-analysis.ts';
import { describeFinding, verdict } from './verdict.ts';

const rules = analysisRules();

function durations(count: number, ms: number): Durations {
  const histogram = new Histogram();
  for (let n = 0; n < count; n++) histogram.add(ms + n / count);
  return histogram.durations();
}

function side(requests: number, errors = 0, ms = 20) {
  return { requests, errors, durations: durations(requests, ms) };
}

function windows(
  change: Partial<AnalysedEvidence> & { route?: string; current?: boolean },
  count = 1,
  before: Analysis = newAnalysis,
): Analysis {
  const { current = true, route = 'item', ...rest } = change;
  const evidence = {
    owner: side(100),
    candidate: side(0),
    shadow: { equal: 0, late: 0, different: 0 },
    route,
    ...rest,
  };
  let analysis = before;
  for (let n = 0; n < count; n++) analysis = analyse(analysis, evidence, { rules, current });
  return analysis;
}

const compared = { copies: side(100), shadow: { equal: 100, late: 0, different: 0 } };

describe('the verdict on a candidate', () => {
  it('is to hold without data, however much the owner did', () => {
    expect(verdict(newAnalysis, { rules }).kind).toBe('hold');
    expect(verdict(windows({}, 100), { rules })).toMatchObject({
      kind: 'hold',
      findings: [
        { metric: 'errors', seen: 0 },
        { metric: 'slowness' },
        { metric: 'slowness' },
        { metric: 'differences' },
      ],
    });
  });

  it('is to advance once every limit was shown to be kept', () => {
    const kinds = [1, 5, 10, 15, 20].map((count) => verdict(windows(compared, count), { rules }).kind);
    expect(kinds).toEqual(['hold', 'hold', 'hold', 'advance', 'advance']);
  });

  it('asks nothing of differences where nothing can be compared', () => {
    const analysis = windows({ candidate: side(100) }, 15);
    expect(verdict(analysis, { rules }).kind).toBe('hold');
    expect(verdict(analysis, { rules, compared: false }).kind).toBe('advance');
  });

  it('is to roll back when some replies differ, and one route’s faults are not hidden by the others', () => {
    const good = windows({ ...compared, route: 'other' }, 50);
    const bad = windows({ copies: side(100), shadow: { equal: 98, late: 0, different: 2 } }, 2, good);
    const judged = verdict(bad, { rules });
    expect(judged).toMatchObject({
      kind: 'roll-back',
      findings: [{ metric: 'differences', route: 'item', seen: 200, events: 4 }],
    });
    expect(describeFinding(judged.findings[0]!, rules)).toBe('4 of 200 replies differ on item');
  });

  it('is to roll back within seconds when the candidate fails, and not when both do', () => {
    expect(verdict(windows({ candidate: side(5, 4) }), { rules }).kind).toBe('roll-back');
    const both = windows(
      { owner: side(100, 40), candidate: side(100, 40) },
      1,
      windows({ owner: side(100, 40) }),
    );
    expect(verdict(both, { rules }).kind).toBe('hold');
  });

  it('is to roll back when the candidate is slower than it may be, and a few milliseconds are no matter', () => {
    const known = windows({}, 5);
    expect(verdict(windows({ candidate: side(100, 0, 45) }, 1, known), { rules })).toMatchObject({
      kind: 'roll-back',
      findings: [{ metric: 'slowness' }, {}, {}, {}],
    });
    expect(
      verdict(windows({ candidate: side(100, 0, 28) }, 20, known), { rules, compared: false }).kind,
    ).toBe('advance');
  });

  it('counts errors anew in each step, differences from the beginning, and trust since the last hold', () => {
    const failing = windows({ candidate: side(5, 4) });
    expect(verdict(beginStep(failing), { rules }).kind).toBe('hold');
    const different = windows({ copies: side(100), shadow: { equal: 90, late: 0, different: 10 } });
    expect(verdict(beginStep(different), { rules }).kind).toBe('roll-back');
    const trusted = windows(compared, 20);
    expect(verdict(beginStep(trusted), { rules }).kind).toBe('advance');
    const anew = verdict(beginAnew(trusted), { rules });
    expect(anew.kind).toBe('hold');
    expect(anew.findings.map(({ metric }) => metric)).toEqual(['errors', 'slowness', 'slowness']);
  });

  it('lets a short crash be made up for, also where the owner answers nobody any more to be compared with', () => {
    const crash = windows({ ...compared, candidate: side(60, 11), owner: side(100) }, 1, windows({}, 5));
    expect(verdict(crash, { rules }).kind).toBe('hold');
    const alone = { ...compared, candidate: side(100), owner: side(0) };
    const kinds = [5, 60].map((count) => verdict(windows(alone, count, crash), { rules }).kind);
    expect(kinds).toEqual(['hold', 'advance']);
  });

  it('takes evidence from before the present step for differences alone', () => {
    expect(verdict(windows({ candidate: side(5, 5), current: false }), { rules }).kind).toBe('hold');
    const late = windows({ current: false, shadow: { equal: 90, late: 0, different: 10 } });
    expect(verdict(late, { rules }).kind).toBe('roll-back');
  });
});
