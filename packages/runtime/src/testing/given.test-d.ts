import { review } from '../aggregate/review.fixture.ts';
import { given } from './given.ts';

const written = { type: 'ReviewWritten', data: { text: 'good', stars: 5 } } as const;

given(review, [written])
  .when({ type: 'AddLikes', data: { count: 1 } })
  .then([{ type: 'ReviewLiked', data: { count: 1 } }]);

// @ts-expect-error a history that the contract does not know
given(review, [{ type: 'ReviewBurnt', data: {} }]);

// @ts-expect-error a history that breaks the event's schema
given(review, [{ type: 'ReviewLiked', data: { count: 'one' } }]);

// @ts-expect-error a command that the contract does not know
given(review).when({ type: 'Burn', data: {} });

// @ts-expect-error data that breaks the command's schema
given(review).when({ type: 'AddLikes', data: { count: 'one' } });

const outcome = given(review).when({ type: 'AddLikes', data: { count: 1 } });
// @ts-expect-error an event that the contract does not know
outcome.then([{ type: 'ReviewBurnt', data: {} }]);
// @ts-expect-error a payload that breaks the event's schema
outcome.then([{ type: 'ReviewLiked', data: {} }]);
