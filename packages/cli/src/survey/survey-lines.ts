import type { Survey } from '@banyan/survey';
import pc from 'picocolors';
import { type Column, tableLines } from '../terminal/table.ts';

const omissionsShown = 5;
const contextsShown = 30;
const sharedShown = 40;

/** A survey as lines for people, none wider than `width`. */
export function surveyLines(found: Survey, width = 80): readonly string[] {
  const { files, graph, proposal } = found;
  const { modules, ties, tables, endpoints } = graph;
  const { contexts, shared } = proposal;
  const isCode = files > 0 || found.database === undefined;
  const head = isCode
    ? `${counted(files, 'file')}: ${[
        counted(modules.length, 'module'),
        counted(ties.length, 'tie'),
        counted(tables.length, 'table'),
        counted(endpoints.length, 'entry point'),
      ].join(', ')}`
    : `${counted(tables.length, 'table')}, ${counted(graph.foreignKeys.length, 'foreign key')}`;
  if (modules.length + tables.length === 0)
    return [
      head,
      ...wrapped(isCode ? nothingInFolder : nothingInDatabase, width),
      ...missingLines(found, width),
    ];
  const rows = contexts
    .slice(0, contextsShown)
    .map(({ name, modules: members, tables: kept, words }) => [
      name,
      ...(modules.length === 0 ? [] : [`${members.length}`]),
      kept.join(' '),
      words.filter((word) => word !== name).join(' '),
    ]);
  return [
    head,
    '',
    ...(rows.length === 0
      ? wrapped('No bounded context is proposed: no two modules hang together.', width)
      : [
          pc.bold(
            `${counted(contexts.length, 'bounded context')} ${contexts.length === 1 ? 'is' : 'are'} proposed`,
          ),
          ...tableLines(contextColumns(modules.length > 0), rows, width),
        ]),
    ...moreLines(contexts.length - contextsShown),
    ...candidateLines(found, width),
    ...hotspotLines(found.history, width),
    ...sharedLines(shared, width),
    ...observationLines(found.observations, width),
    ...knotLines(untold(found), width),
    ...missingLines(found, width),
  ];
}

const nothingInFolder =
  'No code that a survey can read is in this folder, and no table. Java, TypeScript, JavaScript, Python, Ruby, C#, PHP and Go are read; name another folder with --repo.';
const nothingInDatabase =
  'There is no table in this database. Name another one in the address that is given with --database.';

function contextColumns(hasCode: boolean): readonly Column[] {
  return [
    { title: 'context' },
    ...(hasCode ? [{ title: 'modules', right: true }] : []),
    { title: 'tables' },
    { title: 'its words' },
  ];
}

function counted(times: number, what: string): string {
  return `${times} ${what}${times === 1 ? '' : 's'}`;
}

/** What could not be had or read, and how to get it. */
function missingLines({ missing, omissions }: Survey, width: number): string[] {
  return [
    ...(missing.length === 0 ? [] : ['', pc.bold('missing')]),
    ...missing.flatMap(({ what, why, remedy }) => indented(`${what}: ${why}; ${remedy}`, width)),
    ...(omissions.length === 0 ? [] : ['', pc.bold(`not read whole (${omissions.length})`)]),
    ...omissions.slice(0, omissionsShown).flatMap(({ path, why }) => indented(`${path}: ${why}`, width)),
    ...moreLines(omissions.length - omissionsShown),
  ];
}

function moreLines(more: number): string[] {
  return more > 0 ? [`  and ${more} more; --json has all`] : [];
}

/** The knots without those that an observation tells more of. */
function untold({ knots, observations }: Survey): Survey['knots'] {
  const told = new Set(
    observations.filter(({ kind }) => kind === 'static data').flatMap(({ tables }) => tables),
  );
  return knots.filter(
    ({ kind, tables }) => kind !== 'static data' || !tables.every((each) => told.has(each)),
  );
}

/** What to take out first, and why not the rest. */
function candidateLines({ candidates, driver }: Survey, width: number): string[] {
  const rows = candidates
    .slice(0, contextsShown)
    .map(({ context, ease, benefit, knots, callers, uses, sagaSteps, perHour }) => [
      context,
      `${ease}`,
      `${benefit}`,
      `${Object.values(knots).reduce((sum, times) => sum + times, 0)}`,
      `${callers}`,
      `${uses}`,
      sagaSteps === 0 ? '' : `${sagaSteps}`,
      perHour === undefined ? '' : `${Math.round(perHour)}`,
    ]);
  const right = ['ease', `benefit (${driver})`, 'knots', 'callers', 'uses', 'saga steps', 'per hour'];
  if (rows.length === 0) return [];
  return [
    '',
    pc.bold('in this order, by ease x benefit'),
    ...tableLines([{ title: 'context' }, ...right.map((title) => ({ title, right: true }))], rows, width),
    ...moreLines(candidates.length - contextsShown),
  ];
}

function sharedLines(shared: Survey['proposal']['shared'], width: number): string[] {
  const reasons = [...new Set(shared.map(({ why }) => why))];
  return reasons.flatMap((reason) => {
    const names = shared.filter(({ why }) => why === reason).map(({ module }) => shortName(module));
    return [
      '',
      pc.bold(`${reason} (${names.length})`),
      ...indented(names.slice(0, sharedShown).join(', '), width),
      ...moreLines(names.length - sharedShown),
    ];
  });
}

/** A class without its package; a file as it is. */
function shortName(id: string): string {
  return id.includes('/') || /\.[a-z]{1,4}$/.test(id) ? id : id.split('.').at(-1)!;
}

const hotspotsShown = 5;

function hotspotLines(history: Survey['history'], width: number): string[] {
  if (history === undefined) return [];
  const files = [...history.files].sort((a, b) => b.hotspot - a.hotspot).slice(0, hotspotsShown);
  return [
    '',
    pc.bold(`hotspots of ${counted(history.commits, 'commit')}, ${history.since} to ${history.until}`),
    ...files.map(({ path, changes, authors }) => {
      const said = `  ${counted(changes, 'change')} by ${counted(authors, 'author')}: `;
      return `${said}${endOf(path.replace(/\p{Cc}+/gu, ' '), width - said.length)}`;
    }),
  ];
}

/** The end of a path says more than its beginning. */
function endOf(path: string, most: number): string {
  return path.length <= most ? path : `…${path.slice(path.length - most + 1)}`;
}

const saidShown = 4;

/** The knots of each kind, the first few of each; a join says least. */
function knotLines(knots: Survey['knots'], width: number): string[] {
  return kindLines(
    knots.map(({ kind, says, remedy }) => ({ kind, says, answer: remedy })),
    width,
  );
}

function observationLines(observations: Survey['observations'], width: number): string[] {
  return kindLines(
    observations.map(({ kind, says, advice }) => ({ kind, says, answer: advice })),
    width,
  );
}

interface Said {
  readonly kind: string;
  readonly says: string;
  readonly answer: string;
}

function kindLines(said: readonly Said[], width: number): string[] {
  const kinds = [...new Set(said.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const all = said.filter((one) => one.kind === kind);
    const more = all.length - saidShown;
    return [
      '',
      pc.bold(`${kind} (${all.length})`),
      ...all.slice(0, saidShown).flatMap(({ says }) => indented(says, width)),
      ...moreLines(more),
      ...wrapped(`-> ${all[0]!.answer}`, width - 2).map((line) => pc.dim(`  ${line}`)),
    ];
  });
}

function indented(text: string, width: number): string[] {
  return wrapped(text, width - 2).map((line) => `  ${line}`);
}

/** Lines no longer than `width`: a word that is longer, such as a path, is broken. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  const room = width - 2;
  const words = text.replace(/\p{Cc}+/gu, ' ').split(' ');
  for (const word of words.flatMap((each) => each.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines;
}
