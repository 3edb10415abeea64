import type { StandardSchemaV1 } from '@standard-schema/spec';

/** One thing that is wrong with some data. */
export interface Problem {
  /** Where, as `lines.0.price`; empty for the data as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Data that fits its schema, or what is wrong with it. */
export type Validation = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** Checks data against any Standard Schema; at once where the schema does. */
export function validate(schema: StandardSchemaV1, data: unknown): Validation | Promise<Validation> {
  const result = schema['~standard'].validate(data);
  return result instanceof Promise ? result.then(validationOf) : validationOf(result);
}

function validationOf(result: StandardSchemaV1.Result<unknown>): Validation {
  if (result.issues === undefined) return { value: result.value };
  return { problems: result.issues.map((issue) => ({ field: fieldOf(issue), message: issue.message })) };
}

function fieldOf(issue: StandardSchemaV1.Issue): string {
  const path = issue.path ?? [];
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}

/** The problems in one line: `lines.0.price: expected number; title: required`. */
export function sentenceOf(problems: readonly Problem[]): string {
  return problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
}
