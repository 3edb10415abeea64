import { sentenceOf, type Validation, validate } from '../contract/validate.ts';
import { Invalid } from '../errors/errors.ts';
import type { ExpectedVersion } from '../event-store/event-store.ts';
import type { Metadata } from '../message/message.ts';
import type { Aggregate } from './aggregate.ts';

/** A command whose data fits the contract. */
export interface ValidCommand {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Metadata;
  readonly expected: ExpectedVersion;
  /** Whether the sender chose the id: only such a command can ever come twice. */
  readonly repeatable: boolean;
}

/**
 * The data as the contract describes it.
 * @throws Invalid `unknown-command`, `invalid-command`
 */
export function validData(
  { name, contract }: Pick<Aggregate, 'name' | 'contract'>,
  type: string,
  data: unknown,
): unknown | Promise<unknown> {
  const { commands } = contract;
  if (!Object.hasOwn(commands, type)) {
    const known = Object.keys(commands).join(', ');
    throw new Invalid('unknown-command', `${name} has no command ${type}; it has ${known}.`);
  }
  const validation = validate(commands[type]!, data);
  return validation instanceof Promise
    ? validation.then((settled) => validOf(type, settled))
    : validOf(type, validation);
}

function validOf(type: string, validation: Validation): unknown {
  if ('value' in validation) return validation.value;
  const { problems } = validation;
  throw new Invalid('invalid-command', `${type} is not valid: ${sentenceOf(problems)}.`, {
    details: { problems },
  });
}
