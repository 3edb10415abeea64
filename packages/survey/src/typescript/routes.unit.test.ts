import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { said } from '../testing/graph-of.ts';
import { folderOf } from '../testing/hotel.ts';

async function surveyed(files: Readonly<Record<string, string>>) {
  await using folder = await folderOf(files);
  return (await survey({ repo: folder.root })).graph;
}

test('a route may be told by properties, and answered by a method that is only named', async () => {
  const graph = await surveyed({
    'rooms.ts': `export class Rooms extends Controller {
      constructor(private beds: Beds) { super(); this.route({ method: 'get', path: '/rooms', handler: this.list, middleware: [guard()] });
        this.get('/rooms/:id', wrapped(this.show)); server.route({ method: ['PUT', 'PATCH'], url: '/rooms/:id', handler: this.beds.keep.bind(this.beds) });
        this.route({ method: 'get', path: somewhere, handler: this.list }); rooms.route({ method: 'walk', path: '/x' }); }
      list() {} show() {} }
      import { Beds } from './beds';`,
    'paths.ts': "export const BEDS = '/beds';",
    'more.ts': "import { BEDS } from './paths'; app.route({ method: 'post', path: BEDS, handler });",
    'beds.ts': 'export class Beds { keep() {} }',
  });
  expect(said(graph)).toEqual([
    'http GET /rooms by rooms.ts GET /rooms',
    'http GET /rooms/:id by rooms.ts GET /rooms/:id',
    'http PATCH /rooms/:id by rooms.ts PATCH /rooms/:id',
    'http POST /beds by more.ts POST BEDS',
    'http PUT /rooms/:id by rooms.ts PUT /rooms/:id',
  ]);
  expect(graph.calls.map(({ fromMember, to, toMember }) => `${fromMember}: ${to} ${toMember}`)).toEqual(
    expect.arrayContaining([
      'GET /rooms: rooms.ts list',
      'GET /rooms/:id: rooms.ts show',
      'PUT /rooms/:id: beds.ts keep',
    ]),
  );
});

test('what asks another program for an address answers none', async () => {
  const graph = await surveyed({
    'a.ts': `export class Rooms { constructor(private http: HttpClient) {} load() { return this.http.get('/api/rooms', { params }); } }
      axios.post('/api/beds', bed); client.put('/api/beds', bed);`,
    'b.js':
      "const { Router } = require('express'); const api = Router(); api.get('/rooms', guard, list); module.exports = api;",
    'c.js': "app.use('/v1', require('./b'));",
  });
  expect(graph.endpoints.filter(({ kind }) => kind === 'http').map(({ name }) => name)).toEqual([
    'GET /v1/rooms',
  ]);
});
