import type { ProxyState } from '../operations/proxy-state.ts';

/** What a worker tells the first process. */
export type FromWorker =
  /** It does its work. */
  | { readonly banyan: 'running' }
  /** It has a question to all. */
  | { readonly banyan: 'asks'; readonly id: number; readonly question: string; readonly value?: unknown }
  /** What it has to say to a question. */
  | { readonly banyan: 'answers'; readonly id: number; readonly answer?: unknown }
  /** It ends, with this done. */
  | { readonly banyan: 'ends'; readonly state: ProxyState };

/** What the first process tells a worker. */
export type ToWorker =
  | { readonly banyan: 'question'; readonly id: number; readonly question: string; readonly value?: unknown }
  | { readonly banyan: 'answered'; readonly id: number; readonly answers: readonly unknown[] };

/** Whether a message between the processes is one of ours. */
export function isOurs<Message extends FromWorker | ToWorker>(message: unknown): message is Message {
  return typeof (message as { banyan?: unknown } | null)?.banyan === 'string';
}
