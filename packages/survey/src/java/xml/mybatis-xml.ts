import { lineNumbers } from '../../code/lines.ts';

/** A statement of a MyBatis mapper file, with the types it names. */
export interface MapperStatement {
  readonly id: string;
  readonly text: string;
  readonly types: readonly string[];
  readonly line: number;
}

export interface MapperFile {
  /** The full name of the interface it belongs to. */
  readonly namespace: string;
  readonly statements: readonly MapperStatement[];
}

const statement = /<(select|insert|update|delete)\b([^>]*)>([\s\S]*?)<\/\1>/g;
const fragment = /<sql\b[^>]*\bid\s*=\s*"([^"]+)"[^>]*>([\s\S]*?)<\/sql>/g;

/** Reads a MyBatis mapper; `undefined` for any other XML. */
export function readMapperXml(xml: string): MapperFile | undefined {
  const namespace = /<mapper\b[^>]*\bnamespace\s*=\s*"([^"]+)"/.exec(xml)?.[1];
  if (namespace === undefined) return undefined;
  const line = lineNumbers(xml);
  const fragments = new Map([...xml.matchAll(fragment)].map((match) => [match[1]!, match[2]!]));
  const resultTypes = new Map(
    [...xml.matchAll(/<resultMap\b([^>]*)>/g)].map(({ 1: attributes }) => [
      attribute(attributes!, 'id') ?? '',
      attribute(attributes!, 'type') ?? '',
    ]),
  );
  const statements = [...xml.matchAll(statement)].map((match): MapperStatement => {
    const [, verb, attributes, body] = match as unknown as [string, string, string, string];
    const named = ['parameterType', 'resultType', 'parameterClass', 'resultClass']
      .map((key) => attribute(attributes, key))
      .concat(resultTypes.get(attribute(attributes, 'resultMap') ?? ''));
    return {
      id: attribute(attributes, 'id') ?? verb,
      text: plainSql(body, fragments),
      types: named.filter((type): type is string => type !== undefined && type !== ''),
      line: line(match.index),
    };
  });
  return { namespace, statements };
}

function attribute(attributes: string, key: string): string | undefined {
  return new RegExp(`\\b${key}\\s*=\\s*"([^"]*)"`).exec(attributes)?.[1];
}

function plainSql(body: string, fragments: ReadonlyMap<string, string>, depth = 0): string {
  return body
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<include\b[^>]*\brefid\s*=\s*"([^"]+)"[^>]*\/?>/g, (_all, id: string) =>
      depth > 4 ? ' ' : plainSql(fragments.get(id.split('.').at(-1)!) ?? '', fragments, depth + 1),
    )
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/<\/?where\b[^>]*>/g, (tag) => (tag.startsWith('</') ? ' ' : ' WHERE '))
    .replace(/<\/?set\b[^>]*>/g, (tag) => (tag.startsWith('</') ? ' ' : ' SET '))
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}
