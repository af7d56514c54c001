/** Who may import whom. Data flows one way; docs/architecture.md has the picture. */

const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const folders = (...names) => `^(${names.join('|')})/`;
const inNodeModules = (...names) => `node_modules/(${names.join('|')})/`;

export default {
  forbidden: [
    rule('no-circular', {}, { circular: true }, 'a cycle is one thing in several files'),
    rule('no-unresolvable', {}, { couldNotResolve: true }, 'an import that leads nowhere'),
    rule(
      'gen-is-a-leaf',
      { path: folders('gen') },
      { path: folders('server', 'client', 'cli', 'cluster', 'test', 'scripts') },
    ),
    rule(
      'client-knows-only-gen',
      { path: folders('client') },
      { path: folders('taskfile', 'bridge', 'server', 'cli', 'cluster') },
    ),
    rule(
      'cli-knows-only-client-and-taskfile',
      { path: folders('cli') },
      { path: folders('gen', 'bridge', 'server', 'cluster') },
    ),
    rule('server-never-calls-itself', { path: folders('server') }, { path: folders('client', 'cli') }),
    rule(
      'cluster-is-an-island',
      { path: folders('cluster') },
      { path: folders('gen', 'taskfile', 'bridge', 'server', 'client', 'cli') },
    ),
    rule(
      'cluster-is-a-process-of-its-own',
      { path: folders('server', 'client', 'cli', 'bridge', 'taskfile') },
      { path: folders('cluster') },
    ),
    rule(
      'bridge-knows-no-tasks',
      { path: folders('bridge') },
      { path: folders('gen', 'openapi', 'taskfile', 'server', 'client', 'cli', 'cluster') },
    ),
    rule(
      'openapi-knows-only-bridge-and-gen',
      { path: folders('openapi') },
      { path: [folders('taskfile', 'server', 'client', 'cli', 'cluster'), 'node_modules/'] },
    ),
    rule(
      'taskfile-stands-alone',
      { path: folders('taskfile') },
      { path: [folders('gen', 'bridge', 'server', 'client', 'cli', 'cluster'), 'node_modules/(?!yaml/)'] },
    ),
    rule(
      'domain-is-pure',
      { path: '^server/domain/' },
      { path: ['^gen/', '^bridge/', '^server/(archive|kubernetes|transport)/', 'node_modules/'] },
    ),
    rule('domain-does-no-io', { path: '^server/domain/' }, { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' }),
    rule(
      'kubernetes-ignores-transport',
      { path: '^server/kubernetes/' },
      { path: ['^gen/', '^bridge/', '^server/(archive|transport)/'] },
    ),
    rule('transport-ignores-kubernetes', { path: '^server/transport/' }, { path: '^server/(archive|kubernetes)/' }),
    rule(
      'archive-knows-only-the-domain',
      { path: '^server/archive/' },
      { path: ['^gen/', '^bridge/', '^server/(kubernetes|transport)/', 'node_modules/'] },
    ),
    rule(
      'grpc-js-below-grpc',
      { path: '^(server|bridge)/', pathNot: '^(server/transport/grpc/|bridge/(proxy|grpc-metadata)[.]ts$)' },
      { path: inNodeModules('@grpc') },
    ),
    rule(
      'k8s-library-in-adapter-only',
      { pathNot: '^(server/kubernetes|test)/' },
      { path: inNodeModules('@kubernetes/client-node'), dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'protobuf-of-kubernetes-in-its-folder',
      { path: '^server/kubernetes/', pathNot: '^server/kubernetes/api/protobuf/' },
      { path: inNodeModules('@bufbuild') },
    ),
    rule('undici-in-adapter-only', { pathNot: '^(server/kubernetes|test|bench)/' }, { path: inNodeModules('undici') }),
    rule('yargs-in-cli-only', { pathNot: '^(cli|test)/' }, { path: inNodeModules('yargs') }),
    rule('no-import-of-tests', { pathNot: folders('test') }, { path: folders('test') }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Without these, sub-path imports such as @bufbuild/protobuf/wire count as unresolvable.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
