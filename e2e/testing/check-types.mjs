// Tells the type errors of some projects in a folder. Their own files alone are checked: the packages are read from their sources,
// which need not be built, and `npm run types` checks those. What several projects read is read once.
import path from 'node:path';
import ts from 'typescript';

const [folder, ...projects] = process.argv.slice(2);
const files = new Map();
const said = projects.flatMap((project) => errorsOf(path.join(folder, project)));
const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => folder,
  getNewLine: () => '\n',
};
process.stdout.write(ts.formatDiagnostics(said, host));

function errorsOf(project) {
  const read = ts.readConfigFile(path.join(project, 'tsconfig.json'), ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(read.config ?? {}, ts.sys, project);
  const program = ts.createProgram(
    fileNames,
    { ...options, customConditions: ['banyan-source'] },
    hostOf(options),
  );
  const own = fileNames.map((name) => program.getSourceFile(name));
  return [
    ...(read.error ? [read.error] : []),
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
}

function hostOf(options) {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    getSourceFile(name, language, ...more) {
      const key = `${name} ${language.impliedNodeFormat} ${language.languageVersion ?? language}`;
      if (!files.has(key)) files.set(key, host.getSourceFile(name, language, ...more));
      return files.get(key);
    },
  };
}
