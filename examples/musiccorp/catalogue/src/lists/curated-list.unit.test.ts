import { NotFound, type RecordedEvent } from '@banyan/runtime';
import { given } from '@banyan/runtime/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listContract, longestNote, longestTitle } from './contract.ts';
import { curatedList, mostItems } from './curated-list.ts';

type Happened = Pick<RecordedEvent<never, never>, 'type' | 'data'>;
const created = { type: 'ListCreated', data: { title: 'Picks' } } as const;
const added = (itemId: number) => ({ type: 'ItemAdded', data: { itemId } }) as const;
const removed = (itemId: number) => ({ type: 'ItemRemoved', data: { itemId } }) as const;
const add = (itemId: number) => ({ type: 'AddItem', data: { itemId } }) as const;
const remove = (itemId: number) => ({ type: 'RemoveItem', data: { itemId } }) as const;
const full = Array.from({ length: mostItems }, (_, index) => added(index + 1));

describe('creating a list', () => {
  test('gives it its title', () => {
    given(curatedList)
      .when({ type: 'CreateList', data: { title: 'Picks' } })
      .then([created]);
  });

  test('is refused where there is one', () => {
    given(curatedList, [created])
      .when({ type: 'CreateList', data: { title: 'Picks' } })
      .thenRejected('list-exists');
  });
});

describe('adding an item', () => {
  test('puts it on the list, with the note where there is one', () => {
    given(curatedList, [created])
      .when(add(7))
      .then([added(7)]);
    const data = { itemId: 7, note: 'Loud.' };
    given(curatedList, [created])
      .when({ type: 'AddItem', data })
      .then([{ type: 'ItemAdded', data }]);
  });

  test('is refused where it is on the list', () => {
    given(curatedList, [created, added(7)])
      .when(add(7))
      .thenRejected('item-on-list');
  });

  test('is possible again after it was removed', () => {
    given(curatedList, [created, added(7), removed(7)])
      .when(add(7))
      .then([added(7)]);
  });

  test(`is refused where there are ${mostItems}, and possible again once one is gone`, () => {
    given(curatedList, [created, ...full])
      .when(add(99))
      .thenRejected('list-full');
    given(curatedList, [created, ...full.slice(1)])
      .when(add(99))
      .then([added(99)]);
    given(curatedList, [created, ...full, removed(3)])
      .when(add(99))
      .then([added(99)]);
  });

  test('needs a list', () => {
    expect(() => given(curatedList).when(add(7)).then([])).toThrow(NotFound);
  });
});

describe('removing an item', () => {
  test('takes it off the list', () => {
    given(curatedList, [created, added(7)])
      .when(remove(7))
      .then([removed(7)]);
  });

  test('needs the item to be on the list, and the list to exist', () => {
    expect(() => given(curatedList, [created]).when(remove(7)).then([])).toThrow('not on the list');
    expect(() =>
      given(curatedList, [created, added(7), removed(7)])
        .when(remove(7))
        .then([]),
    ).toThrow(NotFound);
    expect(() => given(curatedList).when(remove(7)).then([])).toThrow('no list');
  });
});

test('whatever is asked for, no list ever has an item twice or more items than it may', () => {
  const command = fc.record({ add: fc.boolean(), itemId: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      const on: number[] = [];
      const { decide, evolve } = curatedList;
      let list = evolve.ListCreated(curatedList.initial, { title: 'Picks' });
      const context = { id: '1', version: 1, metadata: { id: 'c', correlationId: 'c', at: '' } };
      for (const { add: adds, itemId } of commands) {
        const happened = attempt(() => decide[adds ? 'AddItem' : 'RemoveItem'](list, { itemId }, context));
        if (happened === undefined) continue;
        list = adds ? evolve.ItemAdded(list, { itemId }) : evolve.ItemRemoved(list, { itemId });
        if (adds) on.push(itemId);
        else on.splice(on.indexOf(itemId), 1);
        expect(new Set(on).size).toBe(on.length);
        expect(on.length).toBeLessThanOrEqual(mostItems);
      }
      expect([...list.items].sort()).toEqual([...on].sort());
      const { encode, decode } = curatedList.stateCodec!;
      expect(decode(JSON.parse(JSON.stringify(encode(list))) as never)).toEqual(list);
    }),
  );
});

describe('the contract', () => {
  const { CreateList, AddItem } = listContract.commands;

  test('trims titles and takes them up to their length', () => {
    expect(CreateList.parse({ title: '  Picks ' })).toEqual({ title: 'Picks' });
    expect(CreateList.safeParse({ title: 'é'.repeat(longestTitle) }).success).toBe(true);
    expect(CreateList.safeParse({ title: '🎷 of the week' }).success).toBe(true);
  });

  test.each(['', '   ', 'x'.repeat(longestTitle + 1), 'a\0b', 'a\ud800b', 5, null])(
    'refuses the title %j',
    (title) => expect(CreateList.safeParse({ title }).success).toBe(false),
  );

  test.each([0, -1, 1.5, 2147483648, '7', null, undefined])('refuses the item %j', (itemId) => {
    expect(AddItem.safeParse({ itemId }).success).toBe(false);
  });

  test('refuses a note that is too long', () => {
    expect(AddItem.safeParse({ itemId: 1, note: 'x'.repeat(longestNote + 1) }).success).toBe(false);
  });
});

function attempt(decide: () => unknown): Happened | undefined {
  try {
    return decide() as Happened;
  } catch {
    return undefined;
  }
}
