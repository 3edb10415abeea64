import { histogramLines } from './duration-counts.ts';
import type { ProxyState, UpstreamState } from './proxy-state.ts';

/** The state of a proxy, or of its workers together, in the text format of Prometheus, version 0.0.4. */
export function metricsText({
  totals,
  durations,
  upstreams,
  clientConnections,
  heldRequests,
  revisions,
}: ProxyState): string {
  const by = (label: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]): [string, number] => [labels({ [label]: name }), count]);
  const asked = Object.entries(totals.upstreams);
  const perUpstream = (of: (state: UpstreamState) => number) =>
    upstreams.map((state): [string, number] => [labels({ upstream: state.name }), of(state)]);
  const connections = upstreams.flatMap(({ name, active, idle }): [string, number][] => [
    [labels({ upstream: name, state: 'active' }), active],
    [labels({ upstream: name, state: 'idle' }), idle],
  ]);
  return [
    ...family('requests_total', 'counter', 'Requests taken from clients.', [['', totals.requests]]),
    ...family('replies_total', 'counter', 'Replies given to clients.', by('class', totals.statuses)),
    ...family(
      'failures_total',
      'counter',
      'Requests that went wrong for the client.',
      by('kind', totals.failuresBy),
    ),
    ...family('refused_total', 'counter', 'Requests that could not be read or forwarded.', [
      ['', totals.refused],
    ]),
    ...family('client_aborts_total', 'counter', 'Clients gone before their reply was whole.', [
      ['', totals.clientAborts],
    ]),
    ...family('fallbacks_total', 'counter', 'Requests for a candidate that the owner answered.', [
      ['', totals.fallbacks],
    ]),
    ...family('shadow_requests_total', 'counter', 'Requests sent to compare.', [['', totals.shadowRequests]]),
    ...family('held_total', 'counter', 'Writes that waited for another owner of their route.', [
      ['', totals.held],
    ]),
    ...family('held_refused_total', 'counter', 'Writes of such a route that were answered 503.', [
      ['', totals.heldRefused],
    ]),
    ...family('held_requests', 'gauge', 'Writes that wait for another owner of their route.', [
      ['', heldRequests],
    ]),
    ...heading(
      'request_duration_seconds',
      'histogram',
      'From the head of a request to the end of its reply.',
    ),
    ...histogramLines(`${prefix}request_duration_seconds`, durations),
    ...(['requests', 'failures', 'serverErrors'] as const).flatMap((what) =>
      family(
        `upstream_${snake(what)}_total`,
        'counter',
        upstreamHelp[what],
        asked.map(([name, counts]) => [labels({ upstream: name }), counts[what]]),
      ),
    ),
    ...family('upstream_connections', 'gauge', 'Connections to upstreams.', connections),
    ...family(
      'upstream_queue',
      'gauge',
      'Requests that wait for a connection.',
      perUpstream(({ queued }) => queued),
    ),
    ...family(
      'upstream_tunnels',
      'gauge',
      'Upgraded connections.',
      perUpstream(({ tunnels }) => tunnels),
    ),
    ...family(
      'upstream_breaker_open',
      'gauge',
      '1 while an upstream is left alone.',
      perUpstream(({ open }) => Number(open)),
    ),
    ...family('client_connections', 'gauge', 'Connections of clients.', [['', clientConnections]]),
    ...family(
      'routes_revision_info',
      'gauge',
      'Workers that run a revision of the routes.',
      by('revision', revisions),
    ),
    '',
  ].join('\n');
}

const prefix = 'banyan_proxy_';

const upstreamHelp = {
  requests: 'Requests sent for clients.',
  failures: 'Requests without a whole reply.',
  serverErrors: 'Replies of 500 and above.',
};

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string[] {
  if (values.length === 0) return [];
  return [
    ...heading(name, type, help),
    ...values.map(([named, value]) => `${prefix}${name}${named} ${value}`),
  ];
}

function heading(name: string, type: string, help: string): string[] {
  return [`# HELP ${prefix}${name} ${help}`, `# TYPE ${prefix}${name} ${type}`];
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`,
  );
  return `{${pairs.join(',')}}`;
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
