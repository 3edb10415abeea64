import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { drivers } from '../costs/drivers.ts';
import { type Survey, survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { mistakesOf, schema } from '../testing/schema-mistakes.ts';
import { documentVersion, surveyDocument } from './document.ts';

test('what a survey of code and history prints is what the schema says, property by property', async () => {
  await using folder = await folderOf({ ...hotel, 'src/x.java': 'class X { ] }' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder.root, '-c', 'user.email=a@b', '-c', 'user.name=a', ...args]);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  const found: Survey = await survey({ repo: folder.root });
  expect(mistakesOf(surveyDocument(found))).toBeNull();
  expect(found.history).toBeDefined();
});

test('what is no survey is refused, and the versions of code and schema agree', () => {
  expect(mistakesOf({ version: documentVersion })).not.toBeNull();
  expect(schema.properties.version.const).toBe(documentVersion);
  expect(schema.$id).toMatch(new RegExp(`:${documentVersion}$`));
});

test('the schema knows all that a split may be for', () => {
  expect(schema.properties.driver.enum).toEqual(drivers);
});
