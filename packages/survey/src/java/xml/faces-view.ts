import { lineNumbers } from '../../code/lines.ts';
import type { ConfiguredClass } from './configured-class.ts';

const expression = /[#$]\{([^{}]*)\}/g;
const texts = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
/** What stands at the beginning of `orders.open[0].total`, not a property in the middle. */
const root = /(?<![\w.$])[A-Za-z_]\w*(?=\s*[.[])/g;
const webFolder = /^.*?\/?(?:webapp|WebContent|web|META-INF\/resources)\//;

/**
 * The beans that a Facelets view names in expressions: who opens the view runs them. Local names of the view are among them; they count only
 * where a class has that name.
 */
export function facesView(path: string, text: string): readonly ConfiguredClass[] {
  const line = lineNumbers(text);
  const first = new Map<string, number>();
  for (const { 1: inside = '', index } of text.matchAll(expression))
    for (const [bean] of inside.replace(texts, '').matchAll(root))
      if (!first.has(bean)) first.set(bean, index);
  const name = `ANY /${path.replace(webFolder, '')}`;
  return [...first].map(([bean, at]) => ({
    name: bean,
    isBean: true,
    findings: [{ kind: 'endpoint', of: 'http', name, line: line(at) }],
  }));
}
