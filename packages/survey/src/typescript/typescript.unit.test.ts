import { expect, test } from 'vitest';
import type { FileFacts } from '../code/facts.ts';
import { survey } from '../survey.ts';
import { folderOf } from '../testing/hotel.ts';
import { typescript } from './typescript.ts';

const language = await typescript();

/** Files as facts, linked, with a way to resolve names in them. */
function read(files: Readonly<Record<string, string>>) {
  const settings = Object.entries(files).filter(([path]) =>
    language.settings!.includes(path.split('/').at(-1)!),
  );
  language.configure!(settings.map(([path, text]) => ({ path, text })));
  const code = Object.entries(files).filter(([path]) => /\.[jt]sx?$/.test(path));
  const facts = language.link!(code.map(([path, text]) => language.read(path, text)));
  const resolve = language.resolver(facts);
  return {
    facts,
    resolve: (path: string, name: string) => resolve(facts.find((file) => file.path === path)!, name),
  };
}

function ties(file: FileFacts): string[] {
  return file.units[0]!.mentions.map(({ how, name, called }) =>
    [how, name, called].filter(Boolean).join(' '),
  );
}

test('imports are found by path, by alias, by workspace and through files that pass them on', () => {
  const { resolve } = read({
    'tsconfig.json':
      '{ /* paths */ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["src/*"], }, } }',
    'packages/shared/package.json': '{ "name": "@acme/shared" }',
    'packages/shared/src/index.ts': "export * from './money.js'; export { tax as vat } from './tax';",
    'packages/shared/src/money.ts': 'export const money = () => 1;',
    'packages/shared/src/tax.ts': 'export const tax = () => 1;',
    'src/guests/guest.ts': 'export class Guest {}',
    'src/main.ts': `import { Guest } from '@app/guests/guest'; import { money, vat } from '@acme/shared';
      import { stay as here } from './stay.js'; import express from 'express'; const old = require('./old');`,
    'src/stay.ts': 'export function stay() {}',
    'src/old.js': 'exports.old = 1;',
  });
  const found = ['Guest', 'money', 'vat', 'here', 'old', 'express'].map((name) =>
    resolve('src/main.ts', name),
  );
  expect(found).toEqual([
    'src/guests/guest.ts',
    'packages/shared/src/money.ts',
    'packages/shared/src/tax.ts',
    'src/stay.ts',
    'src/old.js',
    undefined,
  ]);
});

/** A placeholder of a template, written so that this file has none. */
const hole = (name: string) => `$\{${name}}`;

test('a constant of another file stands in the text that uses it', () => {
  const { facts } = read({
    'a.ts': 'export const COLUMNS = `select id`; export const FROM = ` from rooms`;',
    'b.ts': `import { COLUMNS, FROM as TABLES } from './a';
      export const find = (db) => db.query(\`${hole('COLUMNS')}, beds ${hole('TABLES')} where id = ${hole('id')}\`);`,
  });
  expect(
    facts[1]!.units[0]!.texts.map(({ text, member }) => [member, text.replace(/\s+/g, ' ')]),
  ).toContainEqual(['find', 'select id, beds from rooms where id = ? ']);
});

test('calls go through fields that the constructor declares, through imports and to the own functions', () => {
  const { facts } = read({
    'a.ts': `import { Rooms } from './rooms'; import { log } from './log'; import * as dates from './dates';
      export class Desk { constructor(private readonly rooms: Rooms) {} free() { log('x'); return this.rooms.count(dates.today()); } }
      export function open() { return shut(); } const shut = () => new Rooms();`,
  });
  expect(ties(facts[0]!)).toEqual([
    'parameter Rooms',
    'calls log log',
    'calls Rooms count',
    'calls dates today',
    'calls this shut',
    'creates Rooms',
  ]);
});

test('routes have the path of where they are hung, and each is a member of its own', () => {
  const { facts } = read({
    'app.js': "import { rooms } from './rooms.js'; app.use('/api', rooms(pool));",
    'rooms.js':
      "export function rooms() { router.get('/rooms/:id', async (req, res) => res.json(await find(req))); }",
  });
  expect(facts[1]!.units[0]!.routes).toMatchObject([
    { verb: 'GET', path: '/api/rooms/:id', member: 'GET /rooms/:id' },
  ]);
});

test('entities of TypeORM are tables, and a transaction is what runs inside it', async () => {
  await using folder = await folderOf({
    'src/room.entity.ts': `@Entity('rooms') export class Room { @OneToMany(() => Bed, (bed) => bed.room, { cascade: true }) beds: Bed[]; }
      import { Bed } from './bed.entity';`,
    'src/bed.entity.ts':
      "import { Room } from './room.entity'; @Entity() export class Bed { @ManyToOne(() => Room) room: Room; }",
    'src/rooms.controller.ts': `import { RoomService } from './rooms.service';
      @Controller('rooms') export class RoomsController { constructor(private rooms: RoomService) {} @Get(':id') one() { return this.rooms.move(); } }`,
    'src/rooms.service.ts': `import { Room } from './room.entity';
      export class RoomService { constructor(@InjectRepository(Room) private repo: Repository<Room>) {}
        move() { return this.db.transaction(async (tx) => { await tx.query('update beds set room_id = 1'); }); } }`,
  });
  const { graph } = await survey({ repo: folder.root });
  expect(graph.tables.map(({ name }) => name)).toEqual(['bed', 'beds', 'rooms']);
  expect(graph.foreignKeys.map(({ from, to, cascades }) => [from, to, cascades])).toEqual([
    ['bed', 'rooms', true],
  ]);
  expect(graph.endpoints.map(({ name, member }) => [name, member])).toEqual([['GET /rooms/:id', 'one']]);
  expect(graph.transactions.map(({ member }) => member)).toEqual(['move~transaction']);
  expect(
    graph.tableUses.find(({ module, table }) => module === 'src/rooms.service.ts' && table === 'rooms'),
  ).toBeDefined();
});
