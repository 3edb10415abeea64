import { canaryOnly, type Ending, type Plan, simulateRollout, withShadow } from './rollout.ts';
import { scenarios } from './scenarios.ts';

/** `npm run simulate -- [runs] [first seed]`: how often the analysis decides wrongly, and how many users see a fault. */
const runs = Number(process.argv[2] ?? 200);
const firstSeed = Number(process.argv[3] ?? 1);
const plans: readonly (readonly [string, Plan])[] = [
  ['compared first', withShadow],
  ['canary only', canaryOnly],
];

process.stdout.write(`${runs} runs each, seeds from ${firstSeed}, 100 requests per second\n`);
for (const [planName, plan] of plans) {
  process.stdout.write(`\n${planName}: shares ${plan.shares.map((share) => share * 100).join(', ')} %\n`);
  process.stdout.write(
    `${'candidate'.padEnd(60)} wrong  undecided  median s  answered by it at most  harmed at most\n`,
  );
  for (const scenario of scenarios) {
    const endings = Array.from({ length: runs }, (_, n) => simulateRollout(scenario, plan, firstSeed + n));
    process.stdout.write(`${scenario.name.padEnd(60)} ${summary(endings, scenario.correct)}\n`);
  }
}

function summary(endings: readonly Ending[], correct: boolean): string {
  const wrong = endings.filter((one) => one.decision === (correct ? 'rolled back' : 'advanced')).length;
  const undecided = endings.filter((one) => one.decision === 'undecided').length;
  const seconds = endings.map((one) => one.seconds).sort((a, b) => a - b)[endings.length >> 1]!;
  const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
  const most = (of: (one: Ending) => number) => percent(Math.max(...endings.map(of)));
  return [
    percent(wrong / endings.length).padStart(5),
    percent(undecided / endings.length).padStart(9),
    String(seconds).padStart(9),
    most((one) => one.answered).padStart(22),
    most((one) => one.harmed).padStart(15),
  ].join(' ');
}
