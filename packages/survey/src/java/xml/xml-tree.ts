/** An element of XML; what stands in it as text is joined. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** Where it begins, in characters. */
  readonly at: number;
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
  readonly at: number;
}

const deepest = 100;
const piece =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+/g;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The elements at the top of a text; what is not well formed is taken as far as it goes. */
export function readXml(xml: string): readonly XmlElement[] {
  const root: Open = { name: '', attributes: {}, children: [], text: '', at: 0 };
  const open = [root];
  for (const match of xml.matchAll(piece)) {
    const [all, letters, closes, name, given = '', isWhole] = match;
    const inside = open.at(-1)!;
    if (name === undefined) {
      if (letters !== undefined || !all.startsWith('<')) inside.text += letters ?? plain(all);
    } else if (closes === '/') {
      if (open.some((each) => each.name === name)) while (open.length > 1 && open.pop()!.name !== name);
    } else {
      const element: Open = {
        name,
        attributes: attributesOf(given),
        children: [],
        text: '',
        at: match.index,
      };
      inside.children.push(element);
      if (isWhole !== '/' && open.length < deepest) open.push(element);
    }
  }
  return root.children;
}

/** All elements of these names, at any depth. */
export function* elementsOf(elements: readonly XmlElement[], names: RegExp): Generator<XmlElement> {
  for (const each of elements) {
    if (names.test(each.name)) yield each;
    yield* elementsOf(each.children, names);
  }
}

function attributesOf(given: string): Record<string, string> {
  return Object.fromEntries(
    [...given.matchAll(attribute)].map(([, name, one, other]) => [name!, plain(one ?? other ?? '')]),
  );
}

function plain(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_all, name: string) => letters[name]!);
}

const letters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
