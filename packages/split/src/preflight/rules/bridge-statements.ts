import type { Facts } from '../facts/facts.ts';
import type { ObservedStatement } from '../facts/observed.ts';
import { mentions, plainName } from '../facts/read-seam.ts';
import type { Problem } from '../problem.ts';
import { listed, type Rule } from './rule.ts';

/** What of the monolith's SQL does not go over a bridge under the old names, or goes over it and means something else there. */
export const statementsGoOver: Rule = (facts) =>
  facts.plan.bridge === 'foreign-tables'
    ? [
        ...statementsThatFail(facts),
        ...copies(facts),
        ...locks(facts),
        ...numbers(facts),
        ...functionsThatFail(facts),
      ]
    : [];

const unable: readonly (readonly [RegExp, string])[] = [
  [
    /\bon\s+conflict\b(?!\s+do\s+nothing)/i,
    'names the key of a conflict (ON CONFLICT), which a foreign table does not have',
  ],
  [/\bmerge\s+into\b/i, 'is a MERGE, which a foreign table does not take'],
  [/\btruncate\b/i, 'is a TRUNCATE, which a view does not take'],
];

const counted = ({ observed }: Facts): readonly ObservedStatement[] =>
  Array.isArray(observed.statements) ? observed.statements : [];
const shown = (text: string) => text.slice(0, 120);

function statementsThatFail(facts: Facts): Problem[] {
  return facts.plan.tables.flatMap(({ name }) =>
    unable.flatMap(([pattern, why]): Problem[] => {
      const first = counted(facts).find(
        ({ text, writes }) => writes.includes(plainName(name)) && pattern.test(text),
      );
      if (first === undefined) return [];
      return [
        {
          kind: 'bridge-statement',
          severity: 'error',
          object: name,
          message: `A statement that writes ${name} ${why}: ${shown(first.text)}`,
          remedy:
            'Write it otherwise (ON CONFLICT DO NOTHING without a key and DELETE go over a bridge), or let this part of the monolith ask the service before the cut-over.',
        },
      ];
    }),
  );
}

/** Whoever makes backups is among those. */
function copies({ plan, observed }: Facts): Problem[] {
  return plan.tables.flatMap(({ name }): Problem[] => {
    const first = observed.others?.find(
      (text) => /^\s*copy\s+[^(]/i.test(text) && mentions(text.split(/\b(from|to)\b/i)[0]!, plainName(name)),
    );
    if (first === undefined) return [];
    return [
      {
        kind: 'bridge-copy',
        severity: 'warning',
        object: name,
        message: `Somebody copies ${name} as a whole, and under the old name there is a view, of which COPY takes and gives nothing: ${shown(first)}`,
        remedy:
          'Write COPY (SELECT ...) TO and INSERT; and where it is pg_dump, dump the database of the service as well, for the rows are there.',
      },
    ];
  });
}

function locks(facts: Facts): Problem[] {
  return facts.plan.tables.flatMap(({ name }): Problem[] => {
    const plain = plainName(name);
    const passing = counted(facts).find(
      ({ text, reads }) => reads.includes(plain) && /\b(skip\s+locked|nowait)\b/i.test(text),
    )?.text;
    const whole = facts.observed.others?.find((text) => /^\s*lock\b/i.test(text) && mentions(text, plain));
    return [
      ...(passing === undefined
        ? []
        : [[passing, 'passes rows by that others have locked: over a bridge it waits for them'] as const]),
      ...(whole === undefined
        ? []
        : [[whole, 'locks the table: over a bridge it keeps nobody out'] as const]),
    ].map(([text, why]) => ({
      kind: 'bridge-locks',
      severity: 'warning',
      object: name,
      message: `A statement on ${name} ${why}: ${shown(text)}`,
      remedy:
        'Let the service do this before the cut-over: two who take from one queue would else wait for each other, or take the same.',
    }));
  });
}

const sequencesOf = ({ source, plan }: Facts): readonly string[] =>
  source.tables
    .filter(({ name }) => plan.tables.some((table) => table.name === name))
    .flatMap(({ columns }) => columns.flatMap(({ sequence }) => (sequence === null ? [] : [sequence.name])));

/** The statistics have $1 where the sequence was, so any may be meant. */
function numbers(facts: Facts): Problem[] {
  const sequences = sequencesOf(facts);
  const first = facts.observed.others?.find((text) => /\b(nextval|currval|setval|lastval)\s*\(/i.test(text));
  if (first === undefined || sequences.length === 0) return [];
  return [
    {
      kind: 'bridge-numbers',
      severity: 'warning',
      object: sequences[0]!,
      message: `Somebody asks for numbers by the name of a sequence, or for the last one: ${shown(first)}. ${listed(sequences)} ${sequences.length === 1 ? 'moves' : 'move'} with the tables, and what a column draws over a bridge is drawn in another session.`,
      remedy:
        'See whether it asks these; if so let it leave the column out, and take the number that was given with RETURNING.',
    },
  ];
}

function functionsThatFail(facts: Facts): Problem[] {
  const { plan, source } = facts;
  const sequences = sequencesOf(facts);
  return source.seam.texts.flatMap(({ name, text }): Problem[] => {
    const found = [
      ...plan.tables.flatMap((table) =>
        unable.filter(([pattern]) => writesLike(text, pattern, plainName(table.name))).map(([, why]) => why),
      ),
      ...sequences
        .filter(
          (sequence) => /\b(nextval|currval|setval)\s*\(/i.test(text) && mentions(text, plainName(sequence)),
        )
        .map((sequence) => `asks ${sequence} for numbers, which moves with its table`),
    ];
    if (found.length === 0) return [];
    return [
      {
        kind: 'bridge-function',
        severity: 'warning',
        object: name,
        message: `${name} has a statement that ${listed([...new Set(found)], 3)}: called after the cut-over it fails.`,
        remedy: 'Write it anew before the cut-over, or see that nobody calls it.',
      },
    ];
  });
}

/** Whether one of the statements in a text writes a table in a way. */
function writesLike(text: string, pattern: RegExp, plain: string): boolean {
  return text
    .split(';')
    .some(
      (one) =>
        pattern.test(one) && /\b(insert|merge)\s+into\b|\btruncate\b/i.test(one) && mentions(one, plain),
    );
}
