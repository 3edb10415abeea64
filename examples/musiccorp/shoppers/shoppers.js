import { randomFrom, weighted } from 'musiccorp-monolith/seed/random.js';
import { openBrowser } from './browser.js';
import { openMemory } from './known.js';
import { lookAround } from './look-around.js';
import { paceOf } from './pace.js';
import { READS } from './reads.js';
import { readReport, writeReport } from './report-file.js';
import { settingsFrom } from './settings.js';
import { openTallies, reportOf } from './tallies.js';
import { WRITES } from './writes.js';

const ACTIONS = [...READS, ...WRITES];

async function main() {
  const { baseUrl, reportPath, seed, shoppers, rate, durationS } = settingsFrom(process.env);
  const closing = closingTime(durationS);
  const tallies = openTallies(readReport(reportPath));
  const memory = openMemory();

  const arrive = (name) => openBrowser(baseUrl, name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64));
  const person = (name) => ({
    // a run that continues an earlier one is not to repeat it
    random: randomFrom(`${seed} ${name} ${tallies.runs}`),
    arrive: (visit) => arrive(`${name}-${seed}-${tallies.runs}-${visit}`),
    send: arrive(`${name}-${seed}`),
    tallies,
    memory,
  });
  const editor = person('editor');
  await lookAround(editor.send, memory, closing);

  writeReport(reportPath, reportOf(tallies, false));
  const reporting = setInterval(() => writeReport(reportPath, reportOf(tallies, false)), 1000);
  const turn = paceOf(rate, closing);
  const people = Array.from({ length: Math.ceil(shoppers) }, (_, index) => person(`shopper-${index + 1}`));
  await Promise.all(people.map((shopper) => shop({ ...shopper, editor }, turn)));
  clearInterval(reporting);
  writeReport(reportPath, reportOf(tallies, true));
}

// One person leaves and another comes, with a browser of its own: a shop is not visited by the same eight for ever.
async function shop(shopper, turn) {
  const { random, arrive } = shopper;
  const next = weighted(
    ACTIONS.map(({ share }) => share),
    random,
  );
  for (let visit = 1; ; visit++) {
    const visitor = { ...shopper, send: arrive(visit) };
    for (let left = random.between(4, 20); left > 0; left--) {
      if (!(await turn())) return;
      await ACTIONS[next()].act(visitor);
    }
  }
}

/** Aborts at the end of the time, or when we are asked to stop. */
function closingTime(durationS) {
  const closing = new AbortController();
  setTimeout(() => closing.abort(), durationS * 1000).unref();
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => closing.abort());
  return closing.signal;
}

try {
  await main();
} catch (error) {
  console.error(`shoppers: ${error.message}`);
  process.exitCode = 1;
}
