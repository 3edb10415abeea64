import { lineNumbers } from '../../code/lines.ts';
import type { ConfiguredClass } from './configured-class.ts';
import { hibernateClasses } from './hibernate-xml.ts';
import { ormClasses } from './orm-xml.ts';
import { managedBeans, servlets, strutsActions } from './web-xml.ts';
import { readXml } from './xml-tree.ts';

const known = /<(hibernate-mapping|entity-mappings|web-app|struts|faces-config)\b/;

/** What a file of configuration says of classes: their tables and relations, or what leads to them. Empty for any other XML. */
export function readConfiguration(xml: string): readonly ConfiguredClass[] {
  if (!known.test(xml)) return [];
  const root = readXml(xml);
  const line = lineNumbers(xml);
  return [hibernateClasses, ormClasses, servlets, strutsActions, managedBeans].flatMap((read) =>
    read(root, line),
  );
}
