import { SurveyError } from '../errors.ts';
import type { Endpoint, Graph } from '../graph/graph.ts';
import { perhaps } from '../words/most-alike.ts';

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
  throw new SurveyError(
    'endpoint-unknown',
    `The survey found no entry point "${name}". ${perhaps(
      name,
      endpoints.map((each) => each.name),
    )}`,
  );
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
