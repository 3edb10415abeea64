import type { ConfiguredClass } from '../java/xml/configured-class.ts';
import type { MapperFile } from '../java/xml/mybatis-xml.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { FileFacts } from './facts.ts';

/** What one file says, whatever it is. */
export type FileReading =
  | {
      readonly kind: 'code';
      readonly language: string;
      readonly facts: FileFacts;
      readonly indentation: number;
    }
  | { readonly kind: 'schema'; readonly schema: Schema }
  | { readonly kind: 'mapper'; readonly mapper: MapperFile }
  | { readonly kind: 'configuration'; readonly classes: readonly ConfiguredClass[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'nothing' };
