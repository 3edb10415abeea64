import { Conflict, Invalid, NotFound } from '@banyan/runtime';
import { validateRouteTable } from '@banyan/strangler';
import type { BanyanConfig } from '../../config/config.ts';
import { routeDefinitionSchema, routeNameSchema } from '../../config/route-schema.ts';
import type { Ledger } from '../ledger.ts';
import type { LedgerView } from '../ledger-view.ts';
import type { Said } from '../migration.ts';
import { routeTable } from '../route-table.ts';
import { newRoute } from './route.ts';
import type { RouteDefinition } from './route-definition.ts';
import { definitionBefore, evolveRoute, type RouteView } from './route-view.ts';

/** What may be done with a route without saying what it is. */
export const routeActions = ['hold', 'release', 'approve', 'remove'] as const;
export type RouteAction = (typeof routeActions)[number];

/** Changes routes in a ledger, each change with who and why, and only to what every proxy can run. */
export class RouteChanges {
  readonly #config: BanyanConfig;
  readonly #ledger: Ledger;

  constructor(config: BanyanConfig, ledger: Ledger) {
    this.#config = config;
    this.#ledger = ledger;
  }

  /**
   * Sets what a route is.
   * @throws Invalid with every mistake; Conflict where a migration moves a route of this name.
   */
  async set(name: string, definition: unknown, said: Said, configured = false): Promise<boolean> {
    const checked = this.#check(name, definition);
    return this.#ledger.executeRoute(name, 'Set', { definition: checked, configured, ...said });
  }

  /** Holds, releases, approves of or removes a route. @throws NotFound, Rejected */
  async act(name: string, action: RouteAction, said: Said): Promise<boolean> {
    this.#find(name);
    if (action === 'remove') return this.#ledger.executeRoute(name, 'Remove', { configured: false, ...said });
    const command = { hold: 'Hold', release: 'Release', approve: 'Approve' } as const;
    return this.#ledger.executeRoute(name, command[action], said);
  }

  /** Sets a route to what it was before its last change, or as of a revision. @throws NotFound */
  async revert(name: string, said: Said, revision?: bigint): Promise<boolean> {
    const before = definitionBefore(this.#find(name), revision);
    if (before === undefined) {
      const asOf = revision === undefined ? 'before its last change' : `as of revision ${revision}`;
      throw new NotFound(
        'revision-unknown',
        `The history does not say what ${name} was ${asOf}. See: banyan route history ${name}`,
      );
    }
    return this.set(name, before, said);
  }

  #find(name: string): RouteView {
    const view = this.#ledger.view();
    const found = Object.hasOwn(view.routes, name) ? view.routes[name] : undefined;
    if (found !== undefined) return found;
    this.#refuseMigrated(name, view);
    const known = Object.keys(view.routes).join(', ') || 'none';
    throw new NotFound('route-unknown', `There is no route ${JSON.stringify(name)}. There are: ${known}.`);
  }

  #check(name: string, definition: unknown): RouteDefinition {
    const parsed = routeNameSchema.safeParse(name);
    const route = routeDefinitionSchema.safeParse(definition);
    const mistakes = [...(parsed.error?.issues ?? []), ...(route.error?.issues ?? [])];
    if (mistakes.length > 0) {
      const lines = mistakes.map((issue) => `  ${issue.path.join('.') || name}: ${issue.message}`);
      throw new Invalid(
        'route-invalid',
        `The route ${JSON.stringify(name)} can't be used:\n${lines.join('\n')}`,
      );
    }
    const checked = route.data as RouteDefinition;
    const view = this.#ledger.view();
    this.#refuseMigrated(name, view);
    this.#refuseUnknown(checked);
    if (checked.reads === 'code' && this.#config.hooks?.[name]?.isRead === undefined) {
      const message = `The route ${name} reads by code, and the configuration has none: add \`hooks: { ${JSON.stringify(name)}: { isRead } }\`, and start the proxies again.`;
      throw new Invalid('route-invalid', message);
    }
    validateRouteTable(routeTable(this.#config, withRoute(view, name, checked)));
    return checked;
  }

  #refuseUnknown({ owner, candidate }: RouteDefinition): void {
    const known = ['monolith', ...Object.keys(this.#config.services)];
    for (const upstream of [owner, candidate]) {
      if (upstream === undefined || known.includes(upstream)) continue;
      throw new Invalid(
        'route-invalid',
        `There is no upstream ${JSON.stringify(upstream)} in the configuration. There are: ${known.join(', ')}.`,
      );
    }
  }

  #refuseMigrated(name: string, view: LedgerView): void {
    const found = Object.entries(view.migrations).find(
      ([, { plan, status }]) => status !== 'rolled-back' && plan?.routes.some((one) => one.name === name),
    );
    if (found === undefined) return;
    throw new Conflict(
      'route-migrated',
      `The route ${name} is moved by the migration ${found[0]}: use banyan migrate ${found[0]} hold, approve or rollback.`,
    );
  }
}

/** The view as it would be. A rollout is checked at its last stage, which asks the most. */
function withRoute(view: LedgerView, name: string, definition: RouteDefinition): LedgerView {
  const stage = definition.rollout === undefined ? 0 : definition.rollout.shares.length + 1;
  const known = evolveRoute(view.routes[name], name, { type: '' } as never);
  const moved = { ...known, ...newRoute, status: 'set' as const, definition, stage };
  return { ...view, routes: { ...view.routes, [name]: moved } };
}
