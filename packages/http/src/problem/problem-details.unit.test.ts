import { Conflict, Invalid, NotFound, Rejected, Terminal, Unavailable } from '@banyan/runtime';
import { expect, test } from 'vitest';
import { problemDetails } from './problem-details.ts';
import { problemResponse } from './problem-response.ts';

test.each([
  [Invalid, 400],
  [Rejected, 422],
  [NotFound, 404],
  [Conflict, 409],
  [Unavailable, 503],
])('%o is answered with %i, its code, its sentence and its details', async (ErrorClass, status) => {
  const error = new ErrorClass('some-code', 'What to do.', { details: { streamId: 's', at: 5n } });
  const response = problemResponse(problemDetails(error));
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.has('retry-after')).toBe(status === 503);
  const type = 'urn:banyan:problem:some-code';
  const rest = { code: 'some-code', detail: 'What to do.', streamId: 's', at: '5' };
  expect(await response.json()).toMatchObject({ type, status, ...rest });
});

test.each([
  new Terminal('wal-unbounded', 'secret path /srv', { details: { password: 'secret' } }),
  new TypeError('secret is not a function'),
  'secret',
])('%o is answered with 500 and nothing of what it says', async (caught) => {
  const response = problemResponse(problemDetails(caught, 'urn:uuid:1'));
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toMatch(/secret|wal/);
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', instance: 'urn:uuid:1' });
});

test('details of an error cannot pretend another status', () => {
  const error = new Invalid('bad', 'Bad.', { details: { status: 200, code: 'fine' } });
  expect(problemDetails(error)).toMatchObject({ status: 400, code: 'bad' });
});
