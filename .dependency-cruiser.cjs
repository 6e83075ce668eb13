/** Imports point one way: docs/architecture.md gives the table that these rules enforce. */
const may = {
  view: [],
  shard: ['view'],
  metrics: [],
  store: ['view', 'shard'],
  kernel: ['view', 'shard'],
  render: ['view', 'shard'],
  film: ['view', 'shard', 'render'],
  tiles: ['view'],
  work: ['view', 'shard', 'kernel', 'render', 'film', 'tiles'],
  cluster: ['view', 'shard', 'work', 'metrics'],
  leader: ['shard', 'cluster', 'metrics'],
  worker: ['cluster', 'work', 'metrics'],
  service: ['request', 'leader', 'film', 'store', 'tiles', 'view'],
  client: ['request', 'service', 'render'],
  autoscale: [],
};

const folders = Object.entries(may).map(([folder, others]) => ({
  name: `${folder} imports only ${['itself', ...others].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|bin)/', pathNot: [`^src/(${[folder, ...others].join('|')})/`, '^src/(errors|files|nearest|niceness|text|build)\\.ts$'] },
}));

/** A library stands in one place, so that it can be replaced without a ripple. */
const confined = {
  'gpu\\.js|webgpu|gl': '^src/kernel/',
  'sharp|fluent-ffmpeg|@ffmpeg-installer': '^src/render/',
  'color-name': '^src/render/palette-files/',
  '@grpc': '^src/cluster/',
  '@peculiar/x509|reflect-metadata': '^src/cluster/certificates\\.ts$',
  aws4fetch: '^src/store/s3/',
  zod: '^src/(request|service/http/api)/',
  'yargs|open': '^bin/',
  libsql: '^src/service/sqlite/',
  ioredis: '^src/service/redis/',
  'hono|@hono|ws': '^src/service/http/',
};

const libraries = Object.entries(confined).map(([library, home]) => ({
  name: `${library} is used only in ${home}`,
  severity: 'error',
  from: { path: '^(src|bin)/', pathNot: home },
  to: { path: `node_modules/(${library})(/|$)` },
}));

module.exports = {
  forbidden: [
    ...folders,
    ...libraries,
    {
      name: 'the scheduler is pure: shard only, no node, no npm',
      severity: 'error',
      from: { path: '^src/leader/schedule/' },
      to: { pathNot: ['^src/leader/schedule', '^src/shard/', '^src/errors\\.ts$'] },
    },
    {
      name: 'cluster and worker look into no kind of work, but for its translation in cluster/wire-KIND.ts',
      severity: 'error',
      from: { path: '^src/(cluster|worker)/', pathNot: '^src/cluster/wire-(film|fractal|povray)\\.ts$' },
      to: { path: '^src/(view|work/[^/]+)/' },
    },
    {
      name: 'app imports everything in src, and nothing of bin',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { path: '^bin/' },
    },
    {
      name: 'bin uses app in the place of leader, worker, kernel, store, service',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/(leader|worker|kernel|store|service)/' },
    },
    {
      name: 'request imports view, render, and how the cluster writes addresses',
      severity: 'error',
      from: { path: '^src/request/' },
      to: {
        path: '^(src|bin)/',
        pathNot: ['^src/(request|view|render)/', '^src/cluster/transport\\.ts$', '^src/(errors|nearest|text)\\.ts$'],
      },
    },
    {
      name: 'web imports Preact, and of the program types, numbers of the plane, and tiles',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/docs/' },
      to: { pathNot: ['^web/', 'node_modules/preact/', '^src/service/(job|point)\\.ts$', '^src/request/field\\.ts$', '^src/(tiles|view)/', '^examples/places/'] },
    },
    {
      name: 'web has no other code of the program',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/(?!tiles/|view/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the page of the API is Swagger UI',
      severity: 'error',
      from: { path: '^web/docs/' },
      to: { pathNot: ['^web/', 'node_modules/swagger-ui-dist/'] },
    },
    {
      name: 'the program imports nothing of web',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { path: '^web/|node_modules/preact/' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
