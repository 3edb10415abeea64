import type { AggregateHandler, Executed, Origin, Schemas } from '@banyan/runtime';
import type { Context, Handler } from 'hono';
import { commandIdOf } from './command-id.ts';
import { readJsonBody } from './read-json-body.ts';
import { requestMetadata } from './request-metadata.ts';

/** A command and the aggregate that it goes to. */
export interface CommandRouteOptions<State, Commands extends Schemas> {
  readonly handler: AggregateHandler<State, Commands>;
  readonly type: keyof Commands & string;
  /** The aggregate's id, default the route's parameter `id`. */
  readonly id?: (context: Context) => string;
  /** The command's data, default the request's body. */
  readonly data?: (context: Context) => unknown;
  /** What is answered as JSON, default `{ version, position }`. */
  readonly reply?: (executed: Executed<State>, context: Context) => unknown;
  /** Status of the answer, default 200. */
  readonly status?: 200 | 201 | 202;
  readonly origin?: Origin;
}

/**
 * A route that executes a command: its body is the command's data where nothing else is said. With an `idempotency-key` it
 * takes effect once however often it is sent. The answer's `banyan-position` is what a query sends back as `banyan-wait-for` to find this write.
 */
export function commandRoute<State, Commands extends Schemas>(
  options: CommandRouteOptions<State, Commands>,
): Handler {
  const { handler, type, id: idOf = idParameter, data: dataOf = body } = options;
  const { reply = versionAndPosition, status = 200 } = options;
  return async (context) => {
    const id = idOf(context);
    const commandId = commandIdOf(context.req, type, id);
    const cause = requestMetadata(context.req, options.origin);
    const data = await dataOf(context);
    // The handler validates the data against the contract before anything is done with it.
    const executed = await handler.execute(id, type, data as never, {
      cause,
      ...(commandId === undefined ? {} : { commandId }),
    });
    context.header('banyan-position', String(executed.position));
    context.header('x-correlation-id', cause.correlationId);
    return context.json(reply(executed, context) as object, status);
  };
}

function idParameter({ req }: Context): string {
  return req.param('id') ?? '';
}

function body({ req }: Context): Promise<unknown> {
  return readJsonBody(req);
}

function versionAndPosition({ version, position }: Executed): unknown {
  return { version, position: String(position) };
}
