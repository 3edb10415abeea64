import { SurveyError } from '../errors.ts';
import type { Endpoint, Graph } from '../graph/graph.ts';

const namesTold = 5;

/**
 * The entry points of that name: `GET /items/:id`, also without the verb or with another name for a parameter (`/items/{item}`).
 *
 * @throws SurveyError `endpoint-unknown`, with those that are most alike
 */
export function findEndpoints({ endpoints }: Graph, name: string): Endpoint[] {
  const wanted = plain(name);
  const exact = endpoints.filter((each) => plain(each.name) === wanted);
  const found =
    exact.length > 0 ? exact : endpoints.filter((each) => plain(withoutVerb(each.name)) === wanted);
  if (found.length > 0) return found;
  const alike = [...endpoints]
    .map((each) => ({ name: each.name, likeness: likeness(wanted, plain(each.name)) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, namesTold);
  const known =
    alike.length === 0 ? 'It found none' : `Perhaps: ${alike.map((each) => each.name).join(', ')}`;
  throw new SurveyError('endpoint-unknown', `The survey found no entry point "${name}". ${known}.`);
}

function withoutVerb(name: string): string {
  return name.replace(/^[A-Z]+ (?=\/)/, '');
}

function plain(name: string): string {
  return name
    .trim()
    .replace(/\{[^}]*\}|:\w+(\([^)]*\))?|<[^>]*>/g, ':')
    .replace(/(.)\/$/, '$1')
    .toLowerCase();
}

/** The share of pairs of letters that two names have in common. L. R. Dice, Ecology 26, 1945. */
function likeness(a: string, b: string): number {
  const pairs = (text: string) =>
    new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
  const [mine, theirs] = [pairs(` ${a} `), pairs(` ${b} `)];
  const common = [...mine].filter((pair) => theirs.has(pair)).length;
  return (2 * common) / (mine.size + theirs.size);
}
