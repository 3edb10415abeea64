import { aggregate, NotFound, Rejected } from '@banyan/runtime';
import { listContract } from './contract.ts';

/** Items on one list at most. */
export const mostItems = 50;

interface CuratedList {
  /** Absent until the list is created. */
  readonly title?: string;
  readonly items: ReadonlySet<number>;
}

/** A list as a snapshot keeps it: JSON has no sets. */
interface KeptList extends Omit<CuratedList, 'items'> {
  readonly items: readonly number[];
}

const initial: CuratedList = { items: new Set() };

/** Staff picks: a titled list of items, each once. */
export const curatedList = aggregate({
  name: 'list',
  contract: listContract,
  initial,
  decide: {
    CreateList: (list, { title }) => {
      if (list.title !== undefined)
        throw new Rejected('list-exists', `The list exists already, as "${list.title}".`);
      return { type: 'ListCreated', data: { title } };
    },
    AddItem: (list, data, { id }) => {
      mustExist(list, id);
      if (list.items.has(data.itemId))
        throw new Rejected('item-on-list', `Item ${data.itemId} is on the list already.`);
      if (list.items.size >= mostItems)
        throw new Rejected('list-full', `A list holds ${mostItems} items at most; remove one first.`);
      return { type: 'ItemAdded', data };
    },
    RemoveItem: (list, { itemId }, { id }) => {
      mustExist(list, id);
      if (!list.items.has(itemId))
        throw new NotFound('item-not-on-list', `Item ${itemId} is not on the list.`);
      return { type: 'ItemRemoved', data: { itemId } };
    },
  },
  evolve: {
    ListCreated: (list, { title }) => ({ ...list, title }),
    ItemAdded: (list, { itemId }) => ({ ...list, items: new Set(list.items).add(itemId) }),
    ItemRemoved: (list, { itemId }) => ({
      ...list,
      items: new Set([...list.items].filter((one) => one !== itemId)),
    }),
  },
  stateCodec: {
    encode: (list): KeptList => ({ ...list, items: [...list.items] }),
    decode: (kept: KeptList) => ({ ...kept, items: new Set(kept.items) }),
  },
});

function mustExist(list: CuratedList, id: string): void {
  if (list.title === undefined) throw new NotFound('no-such-list', `There is no list ${id}.`);
}
