export { type GivenRequest, given, type RepliedRequest, type SaidReply, type SaidRequest } from './given.ts';
