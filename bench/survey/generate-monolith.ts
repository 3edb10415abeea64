import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { seededRandom } from '../harness/random.ts';

export interface Monolith {
  readonly files: number;
  readonly tables: number;
  readonly seed: number;
}

/** Files of one feature: its entity, repository, service and page, and what they are made of. */
const perFeature = 8;
const features = [
  'Draft',
  'Entry',
  'Line',
  'Note',
  'Plan',
  'Rate',
  'Slot',
  'Visit',
  'Claim',
  'Batch',
  'Grant',
  'Quota',
];
const syllables = ['ba', 'co', 'du', 'fe', 'gi', 'ka', 'lo', 'mu', 'ne', 'pi', 'ra', 'so', 'tu', 've', 'zi'];
const inDomain = 60;

/**
 * Writes a monolith, half in Java with Spring and half in TypeScript with Express and SQL: domains of about sixty features, each feature tied
 * to others of its domain and now and then to one of another.
 */
export async function generateMonolith(folder: string, { files, tables, seed }: Monolith): Promise<void> {
  const random = seededRandom(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const count = Math.ceil(files / perFeature);
  const domains = Array.from({ length: Math.ceil(count / inDomain) }, (_, at) => word(at));
  const names = Array.from({ length: tables }, (_, at) => `${domains[at % domains.length]}_${at}`);
  const each = Math.max(1, Math.floor(tables / domains.length));
  const all = Array.from({ length: count }, (_, at): Feature => {
    const place = at % domains.length;
    const domain = domains[place]!;
    const name = `${capital(domain)}${pick(features)}${at}`;
    const table = names[(place + domains.length * (Math.floor(at / domains.length) % each)) % tables]!;
    return { at, domain, name, isJava: place < domains.length / 2, table };
  });
  const statements: string[] = [];
  for (let at = 0; at < tables; at++) {
    const to = random() < 0.6 ? `, other_id int references ${pick(names)} (id)` : '';
    statements.push(`create table ${names[at]} (id int primary key, state text, amount int${to});`);
  }
  await put(folder, 'schema.sql', `${statements.join('\n')}\n`);
  for (const feature of all) {
    const near = all.filter(({ domain, isJava }) => domain === feature.domain && isJava === feature.isJava);
    const others = [
      pick(near),
      random() < 0.1 ? pick(all.filter(({ isJava }) => isJava === feature.isJava)) : pick(near),
    ];
    const written = feature.isJava
      ? javaFiles(feature, others, tables)
      : typescriptFiles(feature, others, pick(near).table);
    for (const [path, text] of Object.entries(written)) await put(folder, path, text);
  }
}

interface Feature {
  readonly at: number;
  readonly domain: string;
  readonly name: string;
  readonly isJava: boolean;
  readonly table: string;
}

function javaFiles(
  { domain, name, table, at }: Feature,
  others: readonly Feature[],
  tables: number,
): Record<string, string> {
  const isEntity = at < tables;
  const folder = `java/shop/${domain}`;
  const java = (kind: string, code: string, count = 12): [string, string] => [
    `${folder}/${name}${kind}.java`,
    `package shop.${domain};\n${others.map((other) => `import shop.${other.domain}.${other.name}Service;`).join('\n')}\n${code.replace('/*body*/', javaBody(name, count))}\n`,
  ];
  const uses = others.map((other, at) => `private ${other.name}Service other${at};`).join(' ');
  const calls = others.map((_, at) => `other${at}.keep(null);`).join(' ');
  return Object.fromEntries([
    java(
      '',
      `${isEntity ? `@Entity @Table(name = "${table}")` : ''} public class ${name} { private Long id; private String state; /*body*/ }`,
    ),
    java(
      'Repository',
      `public interface ${name}Repository ${isEntity ? `extends JpaRepository<${name}, Long>` : ''} { }`,
    ),
    java(
      'Service',
      `@Service public class ${name}Service { ${uses} private ${name}Repository repository; @Transactional public ${name} keep(${name} one) { ${calls} return repository.save(one); } /*body*/ }`,
      30,
    ),
    java(
      'Controller',
      `@RestController @RequestMapping("/${domain}/${at}") public class ${name}Controller { private ${name}Service service; @GetMapping("/{id}") public ${name} show(long id) { return service.keep(new ${name}()); } /*body*/ }`,
    ),
    java('Form', `public class ${name}Form { private String state; /*body*/ }`),
    java(
      'Mapper',
      `public class ${name}Mapper { ${name} of(${name}Form form) { return new ${name}(); } /*body*/ }`,
    ),
    java('Rules', `public class ${name}Rules { boolean allows(${name} one) { return true; } /*body*/ }`, 25),
    java('Event', `public class ${name}Event { private ${name} of; }`),
  ]);
}

function javaBody(name: string, count: number): string {
  return Array.from(
    { length: count },
    (_, at) =>
      `\n  public int step${at}(int given) {\n    int sum = given;\n    for (int each = 0; each < given; each++) {\n      if (each % ${at + 2} == 0) { sum += each; } // ${name}\n    }\n    return sum;\n  }`,
  ).join('\n');
}

function typescriptFiles(
  { domain, name, table, at }: Feature,
  others: readonly Feature[],
  joined: string,
): Record<string, string> {
  const file = (kind: string) => `web/${domain}/${name}.${kind}.ts`;
  const imports = others
    .filter((other) => other.at !== at)
    .map(
      (other, index) => `import { keep as other${index} } from '../${other.domain}/${other.name}.service';`,
    );
  const steps = (count: number) =>
    Array.from(
      { length: count },
      (_, step) =>
        `export function step${step}(given: number): number {\n  let sum = given;\n  for (let each = 0; each < given; each++) {\n    if (each % ${step + 2} === 0) sum += each; // ${name}\n  }\n  return sum;\n}\n`,
    ).join('\n');
  return {
    [file('service')]:
      `${imports.join('\n')}\nimport { allows } from './${name}.rules';\nimport * as store from './${name}.store';\nexport async function keep(database, one) {\n  allows(one);\n${imports.map((_, index) => `  await other${index}(database, one);`).join('\n')}\n  return store.write(database, one);\n}\n${steps(20)}`,
    [file('store')]:
      `export const write = (database, one) => database.query('update ${table} set amount = $1 where id = $2', [one, 1]);\nexport const read = (database) => database.query('select a.id, b.state from ${table} a join ${joined} b on b.id = a.id');\n`,
    [file('routes')]:
      `import { keep } from './${name}.service';\nexport const routes = (app, database) => {\n  app.get('/${domain}/${at}/:id', (request, reply) => keep(database, request));\n  app.post('/${domain}/${at}', (request, reply) => keep(database, request));\n};\n`,
    [file('rules')]:
      `import type { ${name} } from './${name}.model';\nexport const allows = (one: ${name}) => one.amount > 0;\n${steps(15)}`,
    [file('model')]: `export interface ${name} { id: number; state: string; amount: number }\n`,
    [file('form')]:
      `import type { ${name} } from './${name}.model';\nexport const formOf = (one: ${name}) => ({ ...one });\n${steps(8)}`,
    [file('view')]:
      `import { formOf } from './${name}.form';\nexport const view = (one) => JSON.stringify(formOf(one));\n${steps(8)}`,
    [file('event')]: `export class ${name}Event { constructor(readonly id: number) {} }\n`,
  };
}

/** A word that no language has: `bafe`, `coka`. */
function word(at: number): string {
  const base = syllables.length;
  return [at % base, Math.floor(at / base) % base, (at * 7 + 3) % base]
    .map((each) => syllables[each])
    .join('');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function put(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
