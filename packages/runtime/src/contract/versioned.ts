import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Invalid } from '../errors/errors.ts';

/** Brings the data of an event from one version of its schema to the next. Pure: it runs at every reading. */
export type Upcaster = (data: never) => unknown;

/** A schema that has changed: any Standard Schema for the newest version, and the steps that bring older data there. */
export type Versioned<Schema extends StandardSchemaV1 = StandardSchemaV1> = StandardSchemaV1<
  StandardSchemaV1.InferInput<Schema>,
  StandardSchemaV1.InferOutput<Schema>
> & {
  /** The version that is written, from 1. */
  readonly version: number;
  /** The step from version n to n + 1, by n. */
  readonly upcast: Readonly<Record<number, Upcaster>>;
};

type Tuple<Length extends number, Made extends readonly unknown[] = []> = Made['length'] extends Length
  ? Made
  : Tuple<Length, [...Made, unknown]>;

type After<Version extends number> = [...Tuple<Version>, unknown]['length'];

/** The versions before `Version`: 1 | 2 for 3. */
type Before<
  Version extends number,
  Counted extends readonly unknown[] = [unknown],
> = Counted['length'] extends Version ? never : Counted['length'] | Before<Version, [...Counted, unknown]>;

type TakenBy<Step> = Step extends (data: infer Data) => unknown ? Data : never;

/** A step from every older version, each giving what the next one takes, and the last one the data of now. */
type Chain<Steps, Version extends number, Data> = {
  readonly [From in Before<Version>]: (
    data: TakenBy<From extends keyof Steps ? Steps[From] : Upcaster>,
  ) => After<From> extends Version
    ? Data
    : After<From> extends keyof Steps
      ? TakenBy<Steps[After<From>]>
      : unknown;
} & { readonly [Other in Exclude<keyof Steps, Before<Version>>]: never };

/**
 * Declares that the schema of an event is at `version`, and how the data of older versions becomes what it is now:
 *
 *     Opened: versioned(z.object({ owner: z.string(), currency: z.string() }), {
 *       version: 3,
 *       upcast: {
 *         1: (data: { name: string }) => ({ owner: data.name }),
 *         2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
 *       },
 *     })
 *
 * A step that is missing, or that gives something else than the next one takes, does not compile. A schema that is not
 * declared so is at version 1. Events are written at the newest version; older ones stay as they are in the store and are
 * brought up to date whenever they are read. An old shape has no schema any more, so each step says what it takes.
 * @throws Invalid `schema-version`, `upcaster-missing`
 */
export function versioned<
  Schema extends StandardSchemaV1,
  const Version extends number,
  Steps extends Readonly<Record<Before<Version>, Upcaster>>,
>(
  schema: Schema,
  options: {
    readonly version: Version;
    readonly upcast: Steps & Chain<Steps, Version, StandardSchemaV1.InferOutput<Schema>>;
  },
): Versioned<Schema> {
  const { version, upcast } = options;
  if (!(Number.isSafeInteger(version) && version >= 1))
    throw new Invalid('schema-version', `Schema version ${version} is not a whole number from 1.`);
  for (let from = 1; from < version; from += 1)
    if (!Object.hasOwn(upcast, from))
      throw new Invalid(
        'upcaster-missing',
        `A schema of version ${version} needs a step from ${from} to ${from + 1}.`,
      );
  return { '~standard': schema['~standard'] as Versioned<Schema>['~standard'], version, upcast };
}

/** The version at which events of this schema are written. */
export function versionOf(schema: StandardSchemaV1): number {
  return isVersioned(schema) ? schema.version : 1;
}

/** Whether the schema was made by `versioned`. */
export function isVersioned(schema: StandardSchemaV1): schema is Versioned {
  return 'upcast' in schema && 'version' in schema && typeof schema.version === 'number';
}
