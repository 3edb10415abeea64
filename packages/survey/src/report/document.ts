import type { Survey } from '../survey.ts';

/** The number of the format of `survey.json`. It grows when a reader of the one before could misread it, not when properties are added. */
export const documentVersion = 1;

/** What `survey.json` holds; `survey.schema.json` of this package says it in JSON Schema. */
export interface SurveyDocument extends Survey {
  readonly version: typeof documentVersion;
}

/** A survey as the document that is published. */
export function surveyDocument(found: Survey): SurveyDocument {
  return { version: documentVersion, ...found };
}
