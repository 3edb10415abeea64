import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Schemas by the name of the message whose data they describe; any Standard Schema will do (zod, valibot, arktype). */
export type Schemas = Readonly<Record<string, StandardSchemaV1>>;

/** The commands and events that a service exposes. */
export interface Contract<Commands extends Schemas = Schemas, Events extends Schemas = Schemas> {
  readonly commands: Commands;
  readonly events: Events;
}

/** What a sender gives for `Type`: the schema's input, before defaults and transformations. */
export type InputOf<Map extends Schemas, Type extends keyof Map> = StandardSchemaV1.InferInput<Map[Type]>;

/** What a handler gets for `Type`: the schema's output. */
export type DataOf<Map extends Schemas, Type extends keyof Map> = StandardSchemaV1.InferOutput<Map[Type]>;

/** Any message of the map as `type` and `data`, a discriminated union. */
export type MessageOf<Map extends Schemas> = {
  readonly [Type in keyof Map & string]: { readonly type: Type; readonly data: DataOf<Map, Type> };
}[keyof Map & string];

/** Declares a contract; types, validation and clients are inferred from the value. */
export function contract<Commands extends Schemas, Events extends Schemas>(
  definition: Contract<Commands, Events>,
): Contract<Commands, Events> {
  return definition;
}
