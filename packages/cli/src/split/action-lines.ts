import type { Action } from '@banyan/split';

/** Statements as a script that says where each is run. Pure. */
export function actionLines(actions: readonly Action[]): string[] {
  let side: string | undefined;
  return actions.flatMap((action) => {
    if ('wait' in action) return [`-- wait ${action.wait}`];
    const head = action.on === side ? [] : [`-- at the ${action.on}:`];
    side = action.on;
    return [...head, `${action.sql};`];
  });
}
