import type { StandardSchemaV1 } from '@standard-schema/spec';

/** One thing that is wrong with some data. */
export interface Problem {
  /** Where, as `lines.0.price`; empty for the data as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Data that fits its schema, or what is wrong with it. */
export type Validation = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** Checks data against any Standard Schema. */
export async function validate(schema: StandardSchemaV1, data: unknown): Promise<Validation> {
  const result = await schema['~standard'].validate(data);
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
