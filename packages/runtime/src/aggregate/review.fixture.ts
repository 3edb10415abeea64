import { z } from 'zod';
import { contract } from '../contract/contract.ts';
import { Rejected } from '../errors/errors.ts';
import { aggregate } from './aggregate.ts';

export const reviewContract = contract({
  commands: {
    WriteReview: z.object({ text: z.string().min(1), stars: z.number().int().default(5) }),
    AddLikes: z.object({ count: z.number().int() }),
  },
  events: {
    ReviewWritten: z.object({ text: z.string(), stars: z.number() }),
    ReviewLiked: z.object({ count: z.number().max(100) }),
  },
});

interface Review {
  readonly text?: string;
  readonly likes: number;
}

const initial: Review = { likes: 0 };

/** A small aggregate to try things on. */
export const review = aggregate({
  name: 'review',
  contract: reviewContract,
  initial,
  decide: {
    WriteReview: (state, data) => {
      if (state.text !== undefined) throw new Rejected('review-exists', 'There is a review already.');
      return { type: 'ReviewWritten', data };
    },
    AddLikes: (state, { count }) => {
      if (state.text === undefined) throw new Rejected('no-review', 'There is no review to like.');
      return count === 0 ? [] : { type: 'ReviewLiked', data: { count } };
    },
  },
  evolve: {
    ReviewWritten: (state, { text }) => ({ ...state, text }),
    ReviewLiked: (state, { count }) => ({ ...state, likes: state.likes + count }),
  },
});
