import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Invalid, Terminal } from '../errors/errors.ts';
import { contract } from './contract.ts';
import { upcast } from './upcast.ts';
import { versioned, versionOf } from './versioned.ts';

const opened = z.object({ owner: z.string(), currency: z.string() });
const { events } = contract({
  commands: {},
  events: {
    Opened: versioned(opened, {
      version: 3,
      upcast: {
        1: ({ name, ...rest }: { name: string }) => ({ ...rest, owner: name }),
        2: (data: { owner: string }) => ({ ...data, currency: 'EUR' }),
      },
    }),
    Closed: z.object({}),
  },
});
const stored = (schemaVersion: number, data: unknown, type = 'Opened') => ({ type, schemaVersion, data });

describe('reading an event', () => {
  test('brings it up to date step by step', () => {
    const now = { owner: 'Zoë', currency: 'EUR' };
    expect(upcast(events, stored(1, { name: 'Zoë' }))).toEqual(stored(3, now));
    expect(upcast(events, stored(2, { owner: 'Zoë' }))).toEqual(stored(3, now));
  });

  test('leaves alone what is of now, whatever it holds, and what the contract does not know', () => {
    for (const event of [
      stored(3, { more: 'than', the: 'schema' }),
      stored(1, null, 'Closed'),
      stored(9, {}, 'Burnt'),
      stored(1, {}, 'toString'),
    ])
      expect(upcast(events, event)).toBe(event);
  });

  test('keeps fields that the schema does not know', () => {
    expect(upcast(events, stored(1, { name: 'Zoë', note: 'x' })).data).toMatchObject({ note: 'x' });
  });

  test.each([
    [stored(4, {}), 'Opened is at version 4 of its schema and this release knows up to 3: deploy'],
    [stored(2, {}, 'Closed'), 'Closed is at version 2'],
  ])('refuses one of a later release and says what to do', (event, message) => {
    expect(() => upcast(events, event)).toThrow(message);
    expect(() => upcast(events, event)).toThrow(Terminal);
  });

  test('names the step that throws', () => {
    const failing = versioned(opened, {
      version: 2,
      upcast: {
        1: (): z.infer<typeof opened> => {
          throw new RangeError('on purpose');
        },
      },
    });
    expect(() => upcast({ Opened: failing }, stored(1, {}))).toThrow('Opened from version 1 to 2');
  });
});

describe('declaring a version', () => {
  test('is the same schema otherwise', async () => {
    const { Opened, Closed } = events;
    expect([versionOf(Opened), versionOf(Closed)]).toEqual([3, 1]);
    expect(await Opened['~standard'].validate({ owner: 1 })).toHaveProperty('issues');
  });

  test('needs a version that can be, and all steps', () => {
    for (const options of [
      { version: 0, upcast: {} },
      { version: 2.5, upcast: {} },
      { version: 2, upcast: {} },
    ])
      expect(() => versioned(opened, options as never)).toThrow(Invalid);
  });
});
