import type { ConfiguredClass } from './configured-class.ts';
import { elementsOf, type XmlElement } from './xml-tree.ts';

type LineOf = (at: number) => number;

/** The servlets of a `web.xml` with the paths that lead to them. */
export function servlets(root: readonly XmlElement[], line: LineOf): ConfiguredClass[] {
  const all = [...elementsOf(root, /^web-app$/)].flatMap(({ children }) => children);
  const mappings = all.filter(({ name }) => name === 'servlet-mapping');
  return all
    .filter(({ name }) => name === 'servlet')
    .flatMap((servlet): ConfiguredClass[] => {
      const [name] = within(servlet, 'servlet-name');
      const [type] = within(servlet, 'servlet-class');
      if (type === undefined) return [];
      const paths = mappings
        .filter((each) => within(each, 'servlet-name')[0] === name)
        .flatMap((each) => within(each, 'url-pattern').map((path) => ({ path, at: each.at })));
      const findings = paths.map(({ path, at }) => ({
        kind: 'endpoint' as const,
        of: 'http' as const,
        name: `ANY ${path}`,
        line: line(at),
      }));
      return [{ name: type, findings }];
    });
}

/** The actions of a `struts.xml`: each is an address that a method of a class answers. */
export function strutsActions(root: readonly XmlElement[], line: LineOf): ConfiguredClass[] {
  return [...elementsOf(root, /^struts$/)]
    .flatMap(({ children }) => children.filter(({ name }) => name === 'package'))
    .flatMap(({ attributes: { namespace = '' }, children }) =>
      children
        .filter(({ name, attributes }) => name === 'action' && attributes.class !== undefined)
        .map(({ attributes, at }): ConfiguredClass => {
          const path = `/${namespace}/${attributes.name ?? ''}.action`.replace(/\/{2,}/g, '/');
          // A method that the address names is known only when it is called.
          const named = attributes.method ?? 'execute';
          const member = named.includes('{') ? {} : { member: named };
          return {
            name: attributes.class!,
            findings: [{ kind: 'endpoint', of: 'http', name: `ANY ${path}`, line: line(at), ...member }],
          };
        }),
    );
}

/** The beans of a `faces-config.xml`, which views call by names of their own. */
export function managedBeans(root: readonly XmlElement[]): ConfiguredClass[] {
  return [...elementsOf(root, /^managed-bean$/)].flatMap((element): ConfiguredClass[] => {
    const [bean] = within(element, 'managed-bean-name');
    const [name] = within(element, 'managed-bean-class');
    return bean === undefined || name === undefined ? [] : [{ name, bean, findings: [] }];
  });
}

function within({ children }: XmlElement, name: string): string[] {
  return children.filter((child) => child.name === name).map(({ text }) => text.trim());
}
