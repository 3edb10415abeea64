/** Who may import whom. Each rule says why; `npm run imports` checks them all. */
const inside = (name) => `^packages/${name}/`;
const others = (...allowed) => ({ path: '^(packages|examples)/', pathNot: allowed.map(inside).join('|') });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or miss a third that both need.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'runtime-stands-alone',
      comment:
        'Business rules are written against the runtime; it must not bring a database or a framework with it.',
      severity: 'error',
      from: { path: inside('runtime') },
      to: others('runtime'),
    },
    {
      name: 'runtime-has-no-dependencies',
      comment:
        'Nothing but types: who installs the runtime installs nothing else. Tests may use their tools.',
      severity: 'error',
      from: { path: inside('runtime'), pathNot: '\\.test(-d)?\\.ts$' },
      to: { dependencyTypes: ['npm'], path: 'node_modules', pathNot: '@standard-schema/spec' },
    },
    {
      name: 'postgres-needs-the-runtime-alone',
      comment: 'An adapter knows its ports and nothing of what is built with them.',
      severity: 'error',
      from: { path: inside('postgres') },
      to: others('postgres', 'runtime'),
    },
    {
      name: 'http-needs-the-runtime-alone',
      comment: 'The edge works over any adapter.',
      severity: 'error',
      from: { path: inside('http') },
      to: others('http', 'runtime'),
    },
    {
      name: 'strangler-needs-the-runtime-alone',
      comment: 'The proxy is of use without a database; where its routes come from is a port.',
      severity: 'error',
      from: { path: inside('strangler'), pathNot: '\\.test\\.ts$' },
      to: others('strangler', 'runtime'),
    },
    {
      name: 'split-needs-runtime-and-postgres',
      comment: 'Moving tables is about PostgreSQL; traffic is the business of the proxy.',
      severity: 'error',
      from: { path: inside('split') },
      to: others('split', 'runtime', 'postgres'),
    },
    {
      name: 'survey-stands-alone',
      comment:
        'A survey is of use to those who use nothing else of ours; a database comes to it through a port.',
      severity: 'error',
      from: { path: inside('survey'), pathNot: '\\.test\\.ts$|/src/testing/' },
      to: others('survey'),
    },
    {
      name: 'parsers-in-the-survey',
      comment: 'Parsers of other languages are large; nobody else may load them.',
      severity: 'error',
      from: { path: '^packages/(?!survey)' },
      to: { path: 'node_modules/(libpg-query|@vscode/tree-sitter-wasm)/' },
    },
    {
      name: 'pg-behind-its-adapter',
      comment:
        'One package talks to the PostgreSQL client, so that its quirks are dealt with in one place. Types may travel.',
      severity: 'error',
      from: { path: '^packages/(?!postgres)', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/pg/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'monolith-knows-nothing-of-us',
      comment:
        'The example proves that a monolith need not change: it may not import Banyan or anything built with it.',
      severity: 'error',
      from: { path: '^examples/musiccorp/(monolith|shoppers)/', pathNot: '\\.test\\.(js|ts)$' },
      to: { path: '^(packages/|examples/musiccorp/(?!monolith|shoppers))' },
    },
    {
      name: 'packages-know-no-example',
      comment: 'Nothing in the product is special to the example.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(examples|e2e|bench)/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'Another package is reached through its entry files; everything else in it may change.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: ['^packages/$1/', '/src/(index|testing/index|embedded/index)\\.ts$'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['banyan-source', 'types', 'import', 'default'],
    },
  },
};
