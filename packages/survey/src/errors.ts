/**
 * What a survey can't go on from. `code` is stable (`not-a-folder`, `truth-unreadable`): programs test it, never the sentence, which
 * names what was wrong and what to do.
 */
export class SurveyError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SurveyError';
    this.code = code;
  }
}
