import { type Contender, counted } from '../event-store/contender.ts';
import { newOrderId, payloads } from '../event-store/order.ts';
import type { Contestant } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { callEach, callFor } from '../harness/run-callers.ts';

/** What the commands of a turn go to. */
export interface Target {
  readonly orders: number;
  /** Events that each has before. */
  readonly events: number;
  readonly callers: number;
}

/**
 * Callers that send commands to the same orders, made anew for every turn, for the time of a turn. Every order has had a command
 * before the clock starts, as in a service that has been running: who keeps something in memory has it there.
 */
export function commanding(contender: Contender, { options }: Lab, target: Target): Contestant {
  const payload = payloads(options.seed);
  let ids: readonly string[] = [];
  return {
    name: contender.name,
    async prepare() {
      ids = Array.from({ length: target.orders }, newOrderId);
      const first = Array.from({ length: target.events }, payload);
      if (first.length > 0) for (const id of ids) await contender.begin(id, first);
      await callEach(target.callers, ids, (id) => contender.change(id, payload()));
    },
    async turn() {
      let next = 0;
      // In turn, so that callers meet on one order only where there are fewer orders than callers.
      const change = () => contender.change(ids[next++ % ids.length]!, payload());
      return counted(contender, () => callFor(target.callers, options.seconds, change));
    },
  };
}
