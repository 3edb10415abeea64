/** A read that is answered with a status and one sentence, as the monolith words it. */
export class Refusal extends Error {
  readonly status: 400 | 404;

  constructor(status: 400 | 404, sentence: string) {
    super(sentence);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** The request is wrong. */
export const badRequest = (sentence: string) => new Refusal(400, sentence);

/** There is no such thing. */
export const notFound = (sentence: string) => new Refusal(404, sentence);
