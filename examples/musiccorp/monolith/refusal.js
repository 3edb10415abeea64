/** A request that is answered with a 4xx status and one sentence. */
class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export const badRequest = (sentence) => new Refusal(400, sentence);
export const notFound = (sentence) => new Refusal(404, sentence);
export const conflict = (sentence) => new Refusal(409, sentence);
