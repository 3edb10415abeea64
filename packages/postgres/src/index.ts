export { type ConnectOptions, connect } from './connect.ts';
export { toPostgresError } from './errors.ts';
export { quoteIdentifier, quoteTable } from './quote-identifier.ts';
