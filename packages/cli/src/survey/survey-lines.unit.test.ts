import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { survey } from '@banyan/survey';
import { expect, test } from 'vitest';
import { surveyLines } from './survey-lines.ts';

const deep = `${'a-very-long-folder/'.repeat(7)}orders.js`;
const code = {
  [deep]: "import '../'.repeat; export const orders = (db) => db.query('insert into orders values (1)');",
  'people/people.js': `import { orders } from '../${deep}'; export const people = (db) => orders(db) && db.query('update people set a = 1');`,
  'people/\u001b[31mred.js': "import { people } from './people.js'; app.get('/a', (q, r) => people(db));",
  'schema.sql': 'create table people (id int); create table vouchers (id int, person int references people);',
};
const pins = {
  contexts: { orders: { modules: ['a-very-long-folder/**'] }, people: { modules: ['people/**'] } },
};

test('the summary names what stands out, and no path is wider than the terminal or drives it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'banyan-lines-'));
  try {
    for (const [path, text] of Object.entries(code)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const found = await survey({ repo: root, pins });
    const lines = surveyLines(found, 80).map(stripVTControlCharacters);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines).toContain('least depended upon (1)');
    expect(lines).toContain('  no code works on the table vouchers; foreign keys tie it to people');
    expect(surveyLines(found, 80).join('')).not.toContain('\u001b[31mred');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
