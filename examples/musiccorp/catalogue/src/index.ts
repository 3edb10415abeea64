export { into, tables } from './own-tables.ts';
export { subscription } from './subscription.ts';
export { translate } from './translate.ts';
