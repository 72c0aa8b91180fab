// The layers of docs/architecture.md, held by `npm run check`.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'platform-is-the-ground-floor',
      severity: 'error',
      from: { path: '^lib/platform/' },
      to: { path: '^(lib|functions|infra|local|cli|web)/', pathNot: '^lib/platform/' },
    },
    {
      name: 'byte-engines-know-only-errors',
      severity: 'error',
      from: { path: '^lib/(pdf|pki)/' },
      to: { path: '^(lib|functions|infra|local|cli|web)/', pathNot: '^lib/(\\1|pdf/|pki/|platform/errors)' },
    },
    { name: 'pdf-does-not-know-pki', severity: 'error', from: { path: '^lib/pdf/' }, to: { path: '^lib/pki/' } },
    { name: 'pki-does-not-know-pdf', severity: 'error', from: { path: '^lib/pki/' }, to: { path: '^lib/pdf/' } },
    {
      name: 'signatures-know-pdf-and-pki',
      severity: 'error',
      from: { path: '^lib/signatures/' },
      to: { path: '^(lib|functions|infra|local|cli|web)/', pathNot: '^lib/(signatures|pdf|pki|platform)/' },
    },
    {
      name: 'lib-is-below-functions',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(functions|infra|local|cli|web)/' },
    },
    {
      name: 'stores-are-private',
      severity: 'error',
      from: { path: '^lib/([^/]+)/' },
      to: { path: '^lib/[^/]+/.*-store\\.ts$', pathNot: '^lib/$1/' },
    },
    {
      name: 'only-stores-and-adapters-touch-aws',
      severity: 'error',
      from: { path: '^(lib|functions)/', pathNot: '(^lib/platform/aws/|-store\\.ts$|-signer\\.ts$)' },
      to: { path: '(@aws-sdk/|dynamodb-toolbox)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-lambda-events-in-lib',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: 'node_modules/(@types/aws-lambda|@middy)/' },
    },
    {
      name: 'infra-knows-functions-by-path',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(functions|local|cli|web|lib)/', pathNot: '^lib/platform/(names|settings)' },
    },
    {
      name: 'local-knows-only-the-assembly',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(lib|functions|infra|cli|web)/' },
    },
    {
      name: 'only-the-demo-starts-the-laptop',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/demo/' },
      to: { path: '^(local|infra|functions)/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(lib|functions|infra|local|cli|web)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
