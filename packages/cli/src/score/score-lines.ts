import type { TruthScore } from '@banyan/survey';
import type { Scores } from './score-checkout.ts';

const notMeasured = '-';

/** Scores as lines for people, one column for the code alone and one for code and schema together. */
export function scoreLines({ codeAlone, withSchema }: Scores): string[] {
  const scores = withSchema === undefined ? [codeAlone] : [codeAlone, withSchema];
  const titles = scores.map((_, at) => (at === 0 ? 'code alone' : 'with schema').padStart(13));
  const { contextsKnown, classesCounted, classesMissing } = codeAlone;
  const line = (name: string, of: (score: TruthScore) => string, better = '') =>
    `${name.padEnd(34)}${scores.map((score) => of(score).padStart(13)).join('')}   ${better}`.trimEnd();
  const percent = (value: number) => `${value.toFixed(1)} %`;
  return [
    `${classesCounted} classes counted, ${contextsKnown} contexts known`,
    ...(classesMissing.length === 0 ? [] : [`not in the code: ${classesMissing.join(', ')}`]),
    `${''.padEnd(34)}${titles.join('')}`,
    line('contexts proposed', ({ contextsProposed }) => `${contextsProposed}`),
    line('MoJoFM', ({ mojoFm }) => percent(mojoFm), 'higher is better'),
    line('MoJoFM, shared at their home', ({ mojoFmSingle }) => percent(mojoFmSingle), 'higher'),
    ...Object.keys(codeAlone.c2cCoverage).map((threshold) =>
      line(
        `C2C coverage over ${threshold} %`,
        ({ c2cCoverage }) => percent(c2cCoverage[threshold]!),
        'higher',
      ),
    ),
    'without a known split, over static calls',
    line('BCP  entropy of use cases', ({ quality }) => quality.bcp.toFixed(3), 'lower'),
    line('ICP  calls between contexts', ({ quality }) => quality.icp.toFixed(3), 'lower'),
    line('SM   structural modularity', ({ quality }) => quality.sm.toFixed(3), 'higher'),
    line('IFN  interfaces per context', ({ quality }) => quality.ifn.toFixed(3), 'lower'),
    line('NED  in extreme contexts', ({ quality }) => quality.ned.toFixed(3), 'lower'),
    line(
      'transaction purity',
      ({ quality }) => quality.transactionPurity?.toFixed(3) ?? notMeasured,
      'higher',
    ),
  ];
}
