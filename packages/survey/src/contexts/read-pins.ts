import { SurveyError } from '../errors.ts';
import type { Pins } from './pins.ts';

const expected =
  '{"contexts": {"NAME": {"modules": ["PATTERN"], "tables": ["TABLE"], "benefit": 80}}, "rename": {"OLD": "NEW"}}';

/**
 * What a team has decided, from the text of its file.
 *
 * @throws SurveyError `pins-unreadable`
 */
export function readPins(text: string, path: string): Pins {
  const wrong = (what: string) => new SurveyError('pins-unreadable', `${path}: ${what}. Give ${expected}.`);
  const value = parsed(text);
  if (!isObject(value)) throw wrong('it is no object of JSON');
  for (const key of Object.keys(value))
    if (key !== 'contexts' && key !== 'rename') throw wrong(`"${key}" is neither "contexts" nor "rename"`);
  const { contexts = {}, rename = {} } = value;
  if (!isObject(rename) || !Object.values(rename).every((name) => typeof name === 'string'))
    throw wrong('"rename" is no object of names');
  if (!isObject(contexts)) throw wrong('"contexts" is no object');
  for (const [name, context] of Object.entries(contexts)) {
    const mistake = isObject(context) ? mistakeOf(context) : 'is no object';
    if (mistake !== undefined) throw wrong(`the context "${name}" ${mistake}`);
  }
  return value as Pins;
}

function mistakeOf({ modules = [], tables = [], benefit = 0, ...others }: Record<string, unknown>) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has "${unknown}", which means nothing here`;
  if (!isList(modules)) return 'has modules that are no list of patterns';
  if (!isList(tables)) return 'has tables that are no list of names';
  const isShare = typeof benefit === 'number' && benefit >= 0 && benefit <= 100;
  return isShare ? undefined : 'has a benefit that is no number from 0 to 100';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
