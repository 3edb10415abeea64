import type { BridgeUse } from '@banyan/split';
import { tableLines } from '../terminal/table.ts';

/** How much of a statement is shown. */
const shown = 70;

/** Who still uses the old names, so that the list can be burnt down to none. Pure. */
export function bridgeLines({ names, clients, statements }: BridgeUse): string[] {
  const used = [
    ...tableLines(
      [
        { title: 'OVER THE BRIDGE' },
        { title: 'APPLICATION' },
        { title: 'CONNECTIONS', right: true },
        { title: 'LAST' },
      ],
      clients.map(({ role, application, connections, lastUsed }) => [
        role,
        application || '-',
        String(connections),
        lastUsed?.toISOString() ?? '-',
      ]),
    ),
    ...(statements === undefined || statements.length === 0
      ? []
      : tableLines(
          [{ title: 'STATEMENT' }, { title: 'ROLE' }, { title: 'CALLS', right: true }],
          statements.map(({ text, role, calls }) => [
            text.replace(/\s+/g, ' ').trim().slice(0, shown),
            role,
            calls.toLocaleString('en-US'),
          ]),
        )),
  ];
  const counted =
    statements === undefined ? '; pg_stat_statements is not there to count their statements' : '';
  return [
    `  ${names.join(', ')} lead over the bridge; ${clients.length === 0 ? 'nobody is connected over it' : 'used by'}${counted}`,
    ...(clients.length + (statements?.length ?? 0) === 0 ? [] : used),
  ];
}
