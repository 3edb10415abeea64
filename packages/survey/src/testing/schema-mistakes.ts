import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

export const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../survey.schema.json'), 'utf8'));

/** The schema lets readers meet properties of later versions; here a property that it does not describe is a mistake. */
function strict(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strict);
  if (typeof part !== 'object' || part === null) return part;
  const inner = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, strict(value)]));
  return inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** Where a document is not what the published schema says; `null` where it is. */
export function mistakesOf(document: unknown): unknown {
  const validate = new Ajv2020({ formats: { date: /^\d{4}-\d{2}-\d{2}$/ } }).compile(
    strict(schema) as object,
  );
  validate(JSON.parse(JSON.stringify(document)));
  return validate.errors;
}
