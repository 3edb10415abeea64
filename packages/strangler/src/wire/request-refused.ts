/** A request that the proxy answers itself because it is malformed or asks for what is not offered. */
export class RequestRefused extends Error {
  readonly status: 400 | 405 | 408 | 413 | 417 | 431 | 501 | 505;

  constructor(status: RequestRefused['status'], message: string) {
    super(message);
    this.status = status;
  }
}
