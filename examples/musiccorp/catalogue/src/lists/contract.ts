import { contract } from '@banyan/runtime';
import { z } from 'zod';

/** Characters of a title or a note at most. */
export const longestTitle = 100;
export const longestNote = 500;

// PostgreSQL's text and JSON hold neither NUL nor half a character.
const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((value) => !/\0|\p{Surrogate}/u.test(value), 'holds a character that cannot be kept');

const itemId = z.int().min(1).max(2147483647);

/** What a curated list can be asked for, and what can happen to it. */
export const listContract = contract({
  commands: {
    CreateList: z.object({ title: text(longestTitle) }),
    AddItem: z.object({ itemId, note: text(longestNote).optional() }),
    RemoveItem: z.object({ itemId }),
  },
  events: {
    ListCreated: z.object({ title: z.string() }),
    ItemAdded: z.object({ itemId, note: z.string().optional() }),
    ItemRemoved: z.object({ itemId }),
  },
});
