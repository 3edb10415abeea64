import type { Candidate } from '../costs/costs.ts';
import type { Knot } from '../knots/knot.ts';
import type { Survey } from '../survey.ts';
import { shortName } from './short-name.ts';

const shown = { knots: 5, hotspots: 10, shared: 20, omissions: 10, tables: 12 };

/** A survey as a report in GitHub's Markdown, to be pasted into an issue or a page. Names are escaped; long lists are cut and say so. */
export function surveyMarkdown(found: Survey): string {
  return `${[
    '# Where the seams are',
    '',
    headline(found),
    '',
    ...contexts(found),
    ...order(found),
    ...found.candidates.flatMap((candidate, at) => cut(found, candidate, at)),
    ...observations(found),
    ...sharedModules(found),
    ...hotspots(found),
    ...missing(found),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function headline({ files, graph, history }: Survey): string {
  const { modules, ties, tables, endpoints } = graph;
  const modulesAndTies = `${counted(modules.length, 'module')} with ${counted(ties.length, 'tie')}`;
  const all = [
    counted(files, 'file'),
    modulesAndTies,
    counted(tables.length, 'table'),
    counted(endpoints.length, 'entry point'),
    ...(history === undefined ? [] : [counted(history.commits, 'commit')]),
  ];
  return `${all.join(', ')}.`;
}

function contexts({ proposal }: Survey): string[] {
  if (proposal.contexts.length === 0) return ['No bounded contexts were found.', ''];
  const rows = proposal.contexts.map(({ name, modules, tables, words }) => [
    text(name),
    `${modules.length}`,
    first(tables.map(code), shown.tables),
    text(words.filter((word) => word !== name).join(', ')),
  ]);
  return [
    `## ${proposal.contexts.length} bounded contexts are proposed`,
    '',
    ...table(['Context', 'Modules', 'Tables', 'Its words'], rows),
  ];
}

function order({ candidates, driver }: Survey): string[] {
  if (candidates.length === 0) return [];
  const rows = candidates.map(({ context, ease, benefit, knots, callers, uses, sagaSteps, perHour }) => [
    text(context),
    `${ease}`,
    `${benefit}`,
    `${sum(Object.values(knots))}`,
    `${callers}`,
    `${uses}`,
    sagaSteps === 0 ? '' : `${sagaSteps}`,
    perHour === undefined ? '' : `${Math.round(perHour)}`,
  ]);
  const titles = [
    'Context',
    'Ease',
    `Benefit (${driver})`,
    'Knots',
    'Callers',
    'Uses',
    'Saga steps',
    'Per hour',
  ];
  return ['## What to take out first', '', ...table(titles, rows)];
}

function cut({ knots, proposal }: Survey, { context, keepsState }: Candidate, at: number): string[] {
  const holding = knots.filter(({ contexts: among }) => among.includes(context));
  const tables = proposal.contexts.find(({ name }) => name === context)?.tables ?? [];
  const state = keepsState ? `Takes ${first(tables.map(code), shown.tables)} along.` : 'Keeps no state.';
  const kinds = [...new Set(holding.map(({ kind }) => kind))];
  return [
    `### ${at + 1}. ${text(context)}`,
    '',
    holding.length === 0 ? `${state} No knot holds it.` : state,
    '',
    ...kinds.flatMap((kind) =>
      ofKind(
        kind,
        holding.filter((knot) => knot.kind === kind),
      ),
    ),
  ];
}

function ofKind(kind: string, knots: readonly Pick<Knot, 'says' | 'evidence' | 'remedy'>[]): string[] {
  const more = knots.length - shown.knots;
  return [
    `**${kind}** (${knots.length}): ${text(knots[0]!.remedy)}`,
    '',
    ...knots.slice(0, shown.knots).map(({ says, evidence: [place] }) => {
      const where = place === undefined ? '' : ` (${code(`${place.path}:${place.line}`)})`;
      return `- ${text(says)}${where}`;
    }),
    ...(more > 0 ? [`- and ${more} more`] : []),
    '',
  ];
}

/** What stands out beside the cuts, by kind. */
function observations({ observations: all }: Survey): string[] {
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  if (kinds.length === 0) return [];
  const lines = kinds.flatMap((kind) => {
    const mine = all.filter((one) => one.kind === kind);
    return ofKind(
      kind,
      mine.map(({ says, evidence, advice }) => ({ says, evidence, remedy: advice })),
    );
  });
  return ['## Where to begin, where to be careful', '', ...lines];
}

function sharedModules({ proposal }: Survey): string[] {
  const reasons = [...new Set(proposal.shared.map(({ why }) => why))];
  return reasons.flatMap((reason) => {
    const names = proposal.shared
      .filter(({ why }) => why === reason)
      .map(({ module }) => code(shortName(module)));
    return [`## ${text(capital(reason))} (${names.length})`, '', first(names, shown.shared), ''];
  });
}

function hotspots({ history }: Survey): string[] {
  if (history === undefined) return [];
  const files = [...history.files].sort((a, b) => b.hotspot - a.hotspot).slice(0, shown.hotspots);
  const rows = files.map(({ path, changes, authors }) => [code(path), `${changes}`, `${authors}`]);
  return ['## Hotspots', '', ...table(['File', 'Changes', 'Authors'], rows)];
}

function missing({ missing: lacking, omissions }: Survey): string[] {
  const lines = lacking.map(({ what, why, remedy }) => `- ${text(`${what}: ${why}; ${remedy}`)}`);
  const left = omissions.slice(0, shown.omissions).map(({ path, why }) => `- ${code(path)}: ${text(why)}`);
  const more = omissions.length - shown.omissions;
  if (more > 0) left.push(`- and ${more} more`);
  return [
    ...(lines.length === 0 ? [] : ['## Missing', '', ...lines, '']),
    ...(left.length === 0 ? [] : ['## Not read whole', '', ...left, '']),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const right = titles.map((_, at) => at > 0 && rows.every((row) => /^\d*$/.test(row[at]!)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(right.map((is) => (is ? '---:' : '---'))), ...rows.map(line), ''];
}

function first(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Nothing in it is markup; an underscore inside a word is none. */
function text(plain: string): string {
  return oneLine(plain).replace(/[\\`*[\]<>|#&~]|_(?!\w)|(?<!\w)_/g, '\\$&');
}

/** A name as code: with a fence longer than any run of backticks in it. */
function code(name: string): string {
  const plain = oneLine(name).replace(/\|/g, '\\|');
  const runs = [...plain.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  return runs.length === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
}

function oneLine(plain: string): string {
  return plain.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function counted(times: number, what: string): string {
  return `${times} ${what}${times === 1 ? '' : 's'}`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
