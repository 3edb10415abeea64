import type { Crossing, Walk, WalkStep } from '@banyan/survey';
import pc from 'picocolors';
import { cut, tableLines } from '../terminal/table.ts';

const stepsShown = 100;

/** A use case step by step, with what it crosses. */
export function walkLines(walk: Walk, width: number): string[] {
  const { endpoint, contexts, steps, crossings, circles, isCut } = walk;
  const [first = 'no context'] = contexts;
  const more = steps.length - stepsShown;
  return [
    cut(`${endpoint.name} of ${first}`, width),
    ...steps.slice(0, stepsShown).flatMap((step) => stepLines(step, width)),
    ...(more > 0 || isCut
      ? [`  and ${isCut ? 'many' : more} more; --json has ${isCut ? steps.length : 'all'}`]
      : []),
    '',
    ...(crossings.length === 0
      ? [pc.green('It stays in one context.')]
      : crossings.map((each) => crossingLine(each, width))),
    ...circles.map((circle) => pc.red(cut(`circular: ${circle.join(' -> ')}`, width))),
    '',
  ];
}

function stepLines({ depth, module, member, from, context, tables }: WalkStep, width: number): string[] {
  const indent = '  '.repeat(Math.min(depth + 1, 12));
  const inside = member === '*' || member === module ? '' : ` ${member}`;
  const line = cut(`${indent}${from === undefined ? '' : `=> ${context}: `}${module}${inside}`, width);
  return [
    from === undefined ? line : pc.yellow(line),
    ...tables.map(({ table, writes, of }) => {
      const text = cut(
        `${indent}  ${writes ? 'writes' : 'reads'} ${table}${of === undefined ? '' : ` of ${of}`}`,
        width,
      );
      return of === undefined ? pc.dim(text) : pc.yellow(text);
    }),
  ];
}

function crossingLine({ from, to, calls, tables }: Crossing, width: number): string {
  const parts = [
    calls > 0 ? `${calls} ${calls === 1 ? 'call' : 'calls'}` : '',
    tables > 0 ? `${tables} uses of its tables` : '',
  ];
  return cut(`${from} -> ${to}: ${parts.filter((part) => part !== '').join(', ')}`, width);
}

/** All use cases, those first that cross most. */
export function walkTable(walks: readonly Walk[], width: number): readonly string[] {
  const crossed = ({ crossings }: Walk) =>
    crossings.reduce((sum, { calls, tables }) => sum + calls + tables, 0);
  const rows = [...walks]
    .sort((a, b) => crossed(b) - crossed(a))
    .map((walk) => [
      walk.endpoint.name,
      walk.contexts.join(' '),
      `${walk.crossings.reduce((sum, { calls }) => sum + calls, 0)}`,
      `${walk.crossings.reduce((sum, { tables }) => sum + tables, 0)}`,
      walk.circles.length === 0 ? '' : 'yes',
    ]);
  if (rows.length === 0) return ['No entry points were found.'];
  return tableLines(
    [
      { title: 'entry point' },
      { title: 'contexts' },
      { title: 'calls', right: true },
      { title: 'tables', right: true },
      { title: 'circular' },
    ],
    rows,
    width,
  );
}
