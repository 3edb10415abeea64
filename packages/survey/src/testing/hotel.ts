import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with these files, gone when it is disposed of. */
export async function folderOf(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'banyan-survey-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

const java = (folder: string, name: string, code: string): [string, string] => [
  `src/main/java/inn/${folder}/${name}.java`,
  `package inn.${folder};\nimport inn.model.*;\nimport inn.store.*;\nimport inn.service.*;\n${code}\n`,
];

function part(name: string, table: string, fields: string, columns: string): [string, string][] {
  const field = name[0]!.toLowerCase() + name.slice(1);
  return [
    java(
      'model',
      name,
      `@Entity @Table(name = "${table}") public class ${name} extends BaseRecord { ${fields} }`,
    ),
    java(
      'store',
      `${name}Repository`,
      `public interface ${name}Repository extends JpaRepository<${name}, Long> {}`,
    ),
    java(
      'service',
      `${name}Service`,
      `public class ${name}Service {
        private final ${name}Repository repository;
        ${name}Service(${name}Repository repository) { this.repository = repository; }
        @Transactional public ${name} keep(${name} ${field}) { return repository.save(${field}); }
      }`,
    ),
    java(
      'web',
      `${name}Controller`,
      `@RestController @RequestMapping("/${table}") public class ${name}Controller extends BasePage {
        private final ${name}Service service;
        @GetMapping("/{id}") public ${name} show(long id) { return service.keep(new ${name}()); }
        @PostMapping public ${name} add(${name} ${field}) { ${columns} return service.keep(${field}); }
      }`,
    ),
  ];
}

/** A monolith of three parts, packaged by layer, with base classes that all of them use. */
export const hotel: Readonly<Record<string, string>> = Object.fromEntries([
  ...part('Guest', 'guests', 'private String passport; private String nationality;', 'guest.passport();'),
  ...part('Room', 'rooms', 'private int beds; private String floor;', 'room.beds();'),
  ...part('Invoice', 'invoices', 'private String taxNumber; private long amount;', 'invoice.amount();'),
  java('model', 'BaseRecord', '@MappedSuperclass public abstract class BaseRecord { private Long id; }'),
  java('web', 'BasePage', 'public abstract class BasePage { protected String title() { return ""; } }'),
  java(
    'model',
    'Minibar',
    '@Entity public class Minibar { @ManyToOne private Room room; private String drinksInRoom; }',
  ),
  [
    'src/main/resources/schema.sql',
    `CREATE TABLE guests (id bigint PRIMARY KEY, passport text);
     CREATE TABLE rooms (id bigint PRIMARY KEY, beds int);
     CREATE TABLE minibar (id bigint PRIMARY KEY, room_id bigint REFERENCES rooms (id) ON DELETE CASCADE);
     CREATE TABLE invoices (id bigint PRIMARY KEY, guest_id bigint, FOREIGN KEY (guest_id) REFERENCES guests (id));`,
  ],
]);
