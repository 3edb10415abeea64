import type { Survey } from '@banyan/survey';
import pc from 'picocolors';
import { cut, tableLines } from '../terminal/table.ts';

const omissionsShown = 5;

/** A survey as lines for people, none wider than `width`. */
export function surveyLines(
  { files, graph, proposal, knots, omissions, missing }: Survey,
  width = 80,
): readonly string[] {
  const { modules, ties, tables, endpoints } = graph;
  const { contexts, shared } = proposal;
  const head = `${files} files: ${modules.length} modules, ${ties.length} ties, ${tables.length} tables, ${endpoints.length} entry points`;
  if (modules.length + tables.length === 0) {
    return [
      head,
      'No code that a survey can read is in this folder; Java, TypeScript and JavaScript are read so far. Name another with --repo.',
    ];
  }
  const rows = contexts.map(({ name, modules: members, tables: kept, words }) => [
    name,
    `${members.length}`,
    kept.join(' '),
    words.filter((word) => word !== name).join(' '),
  ]);
  return [
    head,
    '',
    pc.bold(`${contexts.length} bounded contexts are proposed`),
    ...tableLines(
      [{ title: 'context' }, { title: 'modules', right: true }, { title: 'tables' }, { title: 'its words' }],
      rows,
      width,
    ),
    ...(shared.length === 0 ? [] : ['', pc.bold(`${shared.length} modules belong to no single one`)]),
    ...shared.map(({ module, why }) => cut(`  ${module.split('.').at(-1)}: ${why}`, width)),
    ...knotLines(knots, width),
    ...(missing.length === 0 ? [] : ['', pc.bold('missing')]),
    ...missing.flatMap(({ what, why, remedy }) =>
      wrapped(`${what}: ${why}; ${remedy}`, width - 2).map((line) => `  ${line}`),
    ),
    ...(omissions.length === 0 ? [] : ['', pc.bold(`${omissions.length} files were not read whole`)]),
    ...omissions.slice(0, omissionsShown).map(({ path, why }) => cut(`  ${path}: ${why}`, width)),
    ...(omissions.length > omissionsShown ? [`  and ${omissions.length - omissionsShown} more`] : []),
  ];
}

const knotsShown = 4;

/** The knots of each kind, the first few of each; a join says least. */
function knotLines(knots: Survey['knots'], width: number): string[] {
  const kinds = [...new Set(knots.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const all = knots.filter((knot) => knot.kind === kind);
    const more = all.length - knotsShown;
    return [
      '',
      pc.bold(`${kind} (${all.length})`),
      ...all.slice(0, knotsShown).flatMap(({ says }) => wrapped(says, width - 2).map((line) => `  ${line}`)),
      ...(more > 0 ? [`  and ${more} more; --json has all`] : []),
      ...wrapped(`-> ${all[0]!.remedy}`, width - 2).map((line) => pc.dim(`  ${line}`)),
    ];
  });
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines;
}
