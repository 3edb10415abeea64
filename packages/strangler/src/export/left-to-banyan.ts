import type { RouteHooks } from '../route-hooks.ts';
import type { Route, RouteTable } from '../routes/route.ts';

/** What the other proxy can do, and the code that it can't run. */
interface OtherPath {
  readonly hooks: Readonly<Record<string, RouteHooks>>;
  /** Whether it copies requests, though it looks at no reply. */
  readonly mirrors: boolean;
}

/** What stays with Banyan's own proxy of the routes that are exported: a sentence each, with what happens instead. */
export function leftToBanyan(
  table: RouteTable,
  routes: readonly Route[],
  { hooks, mirrors }: OtherPath,
): string[] {
  const names = (which: (route: Route) => boolean) => routes.filter(which).map(({ name }) => name);
  const sentence = (which: readonly string[], text: string) =>
    which.length === 0 ? [] : [`${which.join(', ')}: ${text}`];
  const isCompared = ({ mode }: Route) =>
    mode.kind === 'shadow' || (mode.kind === 'canary' && (mode.sample ?? 0) > 0);
  const hasFallback = ({ mode, fallback = true }: Route) =>
    fallback && (mode.kind === 'moved' || (mode.kind === 'canary' && mode.share > 0));
  const isolated = Object.entries(table.upstreams).filter(([, { instances }]) => instances !== undefined);
  return [
    ...sentence(
      names(isCompared),
      mirrors ? 'requests are copied, and no reply is compared.' : 'nothing is copied or compared.',
    ),
    ...sentence(names(hasFallback), 'a read that the candidate fails is not answered by the owner.'),
    ...sentence(
      names(({ name }) => hooks[name]?.event !== undefined),
      'its requests become no events.',
    ),
    ...sentence(
      isolated.map(([name]) => name),
      'nobody is led to an instance of one’s own.',
    ),
  ];
}
