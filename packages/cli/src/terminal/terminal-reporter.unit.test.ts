import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Proof } from '../ledger/proof.ts';
import { terminalReporter } from './terminal-reporter.ts';

function screen(isTTY: boolean) {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  const output = { isTTY, columns: 80, write };
  return { report: terminalReporter(output), text: () => text };
}

const evidence = { summary: 'a long sentence that goes on and on '.repeat(5).trim(), figures: {} };
const proof: Proof = {
  holds: false,
  checks: [{ name: 'no request failed', holds: false, detail: '2 of 100' }],
  traffic: { requests: 100, failures: 2, fallbacks: 1, answeredByService: 40 },
  rows: { compared: 10, different: 0, missing: 0, extra: 0 },
  replies: { compared: 5, different: 0, late: 1 },
  lagMs: { p50: 12.4, p99: 80, samples: 9 },
  before: [{ name: 'orders', value: 50000 }],
  after: [{ name: 'orders', value: 50120 }],
  seconds: 60,
};

describe('the terminal', () => {
  test('rewrites the line of a step under way, and keeps it within the columns', () => {
    const { report, text } = screen(true);
    report({ kind: 'progress', step: 'fed', text: 'x'.repeat(200) });
    const shown = stripVTControlCharacters(text());
    expect(text()).toMatch(/^\r/);
    expect(shown).not.toContain('\n');
    expect(shown.replace('\r', '').length).toBeLessThan(80);
  });

  test('prints plain lines where there is no terminal: no cursor control, one line per step', () => {
    const { report, text } = screen(false);
    report({ kind: 'begun', step: 'fed', attempt: 1 });
    report({
      kind: 'done',
      step: 'fed',
      evidence: { summary: 'caught up', figures: {} },
      ms: 1200,
      earlier: false,
    });
    expect(text()).not.toContain('\r');
    expect(stripVTControlCharacters(text())).toBe('  ✓ fed          caught up (1.2 s)\n');
  });

  test('breaks long evidence between words, within 80 columns', () => {
    const { report, text } = screen(false);
    report({ kind: 'done', step: 'verified', evidence, ms: 0, earlier: true });
    const lines = stripVTControlCharacters(text()).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('says of a proof that fails what fails', () => {
    const { report, text } = screen(false);
    report({ kind: 'finished', proof, earlier: false });
    const shown = stripVTControlCharacters(text());
    expect(shown).toContain('Proof: it does not hold');
    expect(shown).toContain('✗ no request failed (2 of 100)');
    expect(shown).toContain('50,000 before, 50,120 after');
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
