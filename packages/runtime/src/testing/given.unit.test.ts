import { expect, test } from 'vitest';
import { review } from '../aggregate/review.fixture.ts';
import { given } from './given.ts';

const written = { type: 'ReviewWritten', data: { text: 'good', stars: 5 } } as const;
const like = { type: 'AddLikes', data: { count: 2 } } as const;

test('a specification passes when the decision is as said', () => {
  given(review, [written])
    .when(like)
    .then([{ type: 'ReviewLiked', data: { count: 2 } }]);
  given(review, [written])
    .when({ type: 'AddLikes', data: { count: 0 } })
    .then([]);
  given(review).when(like).thenRejected('no-review');
});

test('a specification fails when the decision is another', () => {
  expect(() => given(review, [written]).when(like).then([])).toThrow();
  expect(() => given(review, [written]).when(like).thenRejected('no-review')).toThrow();
  expect(() => given(review).when(like).thenRejected('review-exists')).toThrow();
  expect(() => given(review).when(like).then([])).toThrow('no review to like');
});
