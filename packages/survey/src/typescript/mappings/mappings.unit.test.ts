import { expect, test } from 'vitest';
import { survey } from '../../survey.ts';
import { folderOf } from '../../testing/hotel.ts';

/** What a survey says of tables: uses as `module reads table`, foreign keys as `a -> b`, columns that updates set. */
async function tablesOf(files: Readonly<Record<string, string>>) {
  await using folder = await folderOf(files);
  const { graph } = await survey({ repo: folder.root });
  return {
    tables: graph.tables.map(({ name }) => name),
    uses: graph.tableUses
      .map(({ module, table, reads, writes, maps }) => {
        const how = [maps ? 'maps' : '', reads > 0 ? 'reads' : '', writes > 0 ? 'writes' : ''].filter(
          Boolean,
        );
        return `${module} ${how.join('+')} ${table}`;
      })
      .sort(),
    keys: graph.foreignKeys.map(
      ({ from, to, columns, cascades }) => `${from}.${columns} -> ${to}${cascades ? ' cascades' : ''}`,
    ),
    sets: graph.accesses.flatMap(({ table, columns }) =>
      columns === undefined ? [] : [`${table}: ${columns.join(', ')}`],
    ),
    joins: graph.joins.map(({ tables }) => tables.join('+')),
    members: graph.accesses.map(({ module, member, table }) => `${module} ${member} ${table}`),
  };
}

test('Drizzle: tables of calls, references, queries by the names of tables through other files', async () => {
  const found = await tablesOf({
    'db/schema.ts': `import { pgTable, integer, text } from 'drizzle-orm/pg-core';
      export const guests = pgTable('guests', { id: integer('id').primaryKey(), passport: text('passport_no') });
      export const stays = pgTable('hotel_stays', { id: integer('id'), guestId: integer('guest_id').references(() => guests.id, { onDelete: 'cascade' }) });`,
    'db/index.ts': "export * from './schema';",
    'desk/desk.ts': `import { guests as people, stays } from '../db';
      export async function list(db) { return await db.select().from(stays).innerJoin(people, eq(stays.guestId, people.id)).where(x); }
      export async function rename(db) { await db.update(people).set({ passport: 'x' }).where(y); }
      export const ask = (db) => db.query.stays.findMany({ with: { guest: true } });
      export const add = (db) => db.insert(stays).values({ id: 1 });`,
    'other.ts':
      'export const parts = (text) => Array.from(text).filter(Boolean); export const cut = (set) => set.delete(parts);',
  });
  expect(found.tables).toEqual(['guests', 'hotel_stays']);
  expect(found.uses).toEqual(['desk/desk.ts reads+writes guests', 'desk/desk.ts reads+writes hotel_stays']);
  expect(found.keys).toEqual(['hotel_stays.guest_id -> guests cascades']);
  expect(found.sets).toEqual(['guests: passport']);
  expect(found.joins).toEqual(['guests+hotel_stays']);
  expect(found.members).toContain('desk/desk.ts add hotel_stays');
});

test('Prisma: the schema file, its names of tables and columns, and what its client asks', async () => {
  const found = await tablesOf({
    'prisma/schema.prisma': `datasource db { provider = "postgresql" }
      // model Nothing { id Int }
      model Guest {
        id    Int    @id
        name  String @map("full_name")
        stays Stay[]
        @@map("guests")
      }
      model Stay {
        id      Int   @id
        guestId Int   @map("guest_id")
        guest   Guest @relation(fields: [guestId], references: [id], onDelete: Cascade)
      }`,
    'desk.ts': `export class Desk {
        constructor(private readonly prisma: PrismaService) {}
        async list() { return this.prisma.stay.findMany({ include: { guest: true } }); }
        async rename(id) { await this.prisma.guest.update({ where: { id }, data: { name: 'x' } }); }
        async other() { return this.cache.guests.clear(); }
      }`,
  });
  expect(found.tables).toEqual(['guests', 'stay']);
  expect(found.keys).toEqual(['stay.guest_id -> guests cascades']);
  expect(found.uses).toEqual(['desk.ts reads stay', 'desk.ts writes guests']);
  expect(found.sets).toEqual(['guests: name']);
  expect(found.members).toContain('desk.ts list stay');
});

test('Knex: tables by their names in queries and migrations, constants too', async () => {
  const found = await tablesOf({
    'migrations/1.js': `exports.up = (knex) => knex.schema
        .createTable('guests', (table) => { table.increments('id'); })
        .createTable('stays', (table) => {
          table.integer('guest_id').references('id').inTable('guests').onDelete('CASCADE');
          table.foreign('room_id').references('rooms.id');
        });`,
    'names.js': "export const ROOMS = 'rooms';",
    'desk.js': `import { ROOMS } from './names.js';
      const T = { stays: 'stays' };
      const STAYS = 'stays';
      export class Desk {
        list() { return this.db.select('*').from('stays as s').leftJoin('guests', 'guests.id', 's.guest_id'); }
        rename() { return this.db('guests').where({ id: 1 }).update({ name: 'x' }); }
        leave() { return this.db(STAYS).where('id', 1).del(); }
        free() { return this.db(ROOMS).select('id'); }
      }
      $('div').first(); describe('guests').where('x'); `,
  });
  expect(found.tables).toEqual(['guests', 'rooms', 'stays']);
  expect(found.keys).toEqual(['stays.guest_id -> guests cascades', 'stays.room_id -> rooms']);
  expect(found.uses).toEqual([
    'desk.js reads rooms',
    'desk.js reads+writes guests',
    'desk.js reads+writes stays',
  ]);
  expect(found.sets).toEqual(['guests: name']);
  expect(found.joins).toEqual(['guests+stays']);
});

test('Sequelize: models by define, by init and by decorators, associations and calls', async () => {
  const found = await tablesOf({
    'models/guest.js': `module.exports = (sequelize, DataTypes) => {
        const Guest = sequelize.define('Guest', { name: DataTypes.STRING });
        Guest.associate = (models) => { Guest.hasMany(models.Stay, { foreignKey: 'guest_id', onDelete: 'CASCADE' }); };
        return Guest;
      };`,
    'models/stay.js': `class Stay extends Model { static associate(models) { Stay.belongsTo(models.Guest, { foreignKey: 'guest_id' }); } }
      Stay.init({ nights: INTEGER }, { sequelize, modelName: 'Stay', tableName: 'hotel_stays' });
      module.exports = Stay;`,
    'models/room.ts':
      "import { Table } from 'sequelize-typescript'; @Table({ tableName: 'rooms' }) export class Room extends Model {}",
    'desk.js': `const Stay = require('./models/stay'); const models = require('./models');
      exports.list = () => Stay.findAll({ where: {} });
      exports.rename = () => models.Guest.update({ name: 'x' }, { where: { id: 1 } });
      exports.other = () => Object.create(null);`,
  });
  expect(found.tables).toEqual(['guests', 'hotel_stays', 'rooms']);
  expect(found.keys).toEqual(['hotel_stays.guest_id -> guests cascades']);
  expect(found.uses).toEqual([
    'desk.js reads hotel_stays',
    'desk.js writes guests',
    'models/guest.js maps guests',
    'models/room.ts maps rooms',
    'models/stay.js maps hotel_stays',
  ]);
  expect(found.sets).toEqual(['guests: name']);
});

test('entity managers of TypeORM and MikroORM, and entities that are declared by calls', async () => {
  const found = await tablesOf({
    'guest.ts': "@Entity('guests') export class Guest { @PrimaryColumn() id: number; }",
    'stay.ts':
      "export const Stay = new EntitySchema({ name: 'Stay', tableName: 'hotel_stays', columns: {} });",
    'room.ts': "export const Room = defineEntity({ name: 'Room', tableName: 'rooms', properties: {} });",
    'desk.ts': `import { Guest } from './guest'; import { Stay } from './stay'; import { Room } from './room';
      export class Desk {
        list() { return this.em.find(Guest, {}); }
        leave() { return this.dataSource.getRepository(Stay).delete(1); }
        close(manager) { return manager.update(Room, { id: 1 }, { open: false }); }
      }`,
  });
  expect(found.uses).toEqual([
    'desk.ts reads guests',
    'desk.ts reads+writes hotel_stays',
    'desk.ts writes rooms',
    'guest.ts maps guests',
    'room.ts maps rooms',
    'stay.ts maps hotel_stays',
  ]);
});

test('MikroORM: entities by decorators, their relations, repositories and what an entity manager is asked', async () => {
  const found = await tablesOf({
    'guest.ts': `import { Stay } from './stay'; import { Tag } from './tag';
      @Entity({ tableName: 'guests', repository: () => GuestRepository }) export class Guest {
        @PrimaryKey() id!: number;
        @OneToMany(() => Stay, (stay) => stay.guest, { orphanRemoval: true, cascade: [Cascade.ALL] }) stays = new Collection<Stay>(this);
        @ManyToMany({ entity: () => Tag, pivotTable: 'guest_tags' }) tags = new Collection<Tag>(this);
      }`,
    'stay.ts': `import { Guest } from './guest'; import { Room } from './room';
      @Entity() export class Stay {
        @ManyToOne(() => Guest) guest!: Guest;
        @ManyToOne({ entity: () => Room }) room!: Room;
        @OneToOne() bill!: Ref<Bill>;
      }`,
    'room.ts': "@Entity({ collection: 'rooms' }) export class Room { @Property() beds!: number; }",
    'tag.ts':
      'export class Tag {} export const schema = new EntitySchema({ class: Tag, tableName: "tags" });',
    'guest-repository.ts': `import { Guest } from './guest'; export class GuestRepository extends EntityRepository<Guest> {}`,
    'desk.ts': `import { Stay } from './stay'; import { Room } from './room';
      export class Desk {
        constructor(private readonly em: EntityManager, @InjectRepository(Room) private readonly rooms: EntityRepository<Room>) {}
        all() { return this.em.findAll(Stay); }
        leave(id) { return this.em.nativeDelete(Stay, { id }); }
        async move() { return this.em.transactional(async (em) => { em.create(Stay, {}); await em.flush(); }); }
      }`,
  });
  expect(found.tables).toEqual(['guest_tags', 'guests', 'rooms', 'stay', 'tags']);
  expect(found.keys).toEqual([
    'guest_tags. -> guests',
    'guest_tags. -> tags',
    'stay. -> guests cascades',
    'stay. -> rooms',
  ]);
  expect(found.uses).toEqual([
    'desk.ts reads+writes rooms',
    'desk.ts reads+writes stay',
    'guest-repository.ts reads+writes guests',
    'guest.ts maps guests',
    'guest.ts writes guest_tags',
    'room.ts maps rooms',
    'stay.ts maps stay',
    'tag.ts maps tags',
  ]);
  expect(found.members).toContain('desk.ts move~transaction stay');
});
