import { expect, test } from 'vitest';
import { readRailsSchema } from './read-rails-schema.ts';

test('the schema that Rails writes: tables, columns and foreign keys', () => {
  const { tables, foreignKeys } = readRailsSchema(`# create_table "old" do |t|
ActiveRecord::Schema[8.0].define(version: 1) do
  create_table "guests", id: :uuid, force: :cascade do |t|
    t.string "name", null: false
    t.index ["name"], name: "by_name"
  end

  create_table :stays do |t|
    t.references :guest, null: false, foreign_key: true
    t.belongs_to :payer, foreign_key: { to_table: :guests }
    t.timestamps
  end

  add_foreign_key "stays", "rooms", column: "room_no", on_delete: :cascade
end
`);
  expect(tables).toEqual([
    { name: 'guests', line: 3, columns: ['name'] },
    { name: 'stays', line: 8, columns: ['guest_id', 'payer_id'] },
  ]);
  expect(foreignKeys.map(({ from, to, columns, cascades }) => [from, to, columns, cascades])).toEqual([
    ['stays', 'guests', [], false],
    ['stays', 'guests', [], false],
    ['stays', 'rooms', ['room_no'], true],
  ]);
});
