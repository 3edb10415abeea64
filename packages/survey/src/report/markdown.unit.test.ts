import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { surveyMarkdown } from './markdown.ts';

test('the report has the contexts, their order, and what answers each knot', async () => {
  await using folder = await folderOf(hotel);
  const report = surveyMarkdown(await survey({ repo: folder.root }));
  expect(report).toContain('## 3 bounded contexts are proposed');
  expect(report).toContain('| room | 5 | `minibar`, `rooms` |');
  expect(report).toMatch(/### 1\. room\n\nTakes `minibar`, `rooms` along\. No knot holds it\./);
  expect(report).toMatch(
    /\*\*foreign key\*\* \(1\): move the relationship to code.*\n\n- invoices of invoice refers to guests/,
  );
  expect(report).toContain('src/main/resources/schema.sql:4');
});

test('names can not break out of a table or become markup', async () => {
  await using folder = await folderOf({
    'a|b/<img src=x>.ts': "export const f = (db) => db.query('select * from orders');",
    'a|b/`tick`.ts': "import { f } from './<img src=x>.ts'; export const g = (db) => f(db);",
  });
  const found = await survey({ repo: folder.root });
  const named = { ...found, omissions: [{ path: 'x`y|z', why: '*bold* <b>' }] };
  const report = surveyMarkdown(named);
  expect(report).toContain('- `` x`y\\|z ``: \\*bold\\* \\<b\\>');
  for (const line of report.split('\n').filter((each) => each.startsWith('|')))
    expect(line.match(/(?<!\\)\|/g)!.length).toBeGreaterThan(3);
});
