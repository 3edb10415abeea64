// Writes the repository's programs into a folder as Node can run them by itself: TypeScript without its types, the packages by their
// names, everything else as a link. What is compiled is not checked; that is the business of `npm run types`.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const [root, folder, ...files] = process.argv.slice(2);
const programs = files.filter((file) => file.endsWith('.ts'));

const program = ts.createProgram(
  programs.map((file) => path.join(root, file)),
  {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    noResolve: true,
    noLib: true,
    noCheck: true,
    types: [],
    rootDir: root,
    outDir: folder,
  },
);
const said = [...program.getSyntacticDiagnostics(), ...program.emit().diagnostics];
if (said.length > 0) {
  process.stderr.write(ts.formatDiagnostics(said, ts.createCompilerHost({})));
  process.exit(1);
}

for (const file of files) {
  if (file.endsWith('.ts')) continue;
  const [source, target] = [path.join(root, file), path.join(folder, file)];
  mkdirSync(path.dirname(target), { recursive: true });
  if (path.basename(file) === 'package.json') enter(source, target);
  else symlinkSync(source, target);
}

/** A package is entered where its compiled source lies, and found by its name as when it is installed. */
function enter(source, target) {
  const text = readFileSync(source, 'utf8');
  writeFileSync(target, text.replaceAll('./dist/', './src/').replace(/("\.\/src\/[^"]*)\.ts"/g, '$1.js"'));
  const link = path.join(folder, 'node_modules', JSON.parse(text).name);
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(path.relative(path.dirname(link), path.dirname(target)), link);
}
