// The table of rooms in the README, as rules: what a folder of src/ may import. Anything else fails `npm test`.
const rooms = {
  address: [],
  evidence: [],
  names: ['address', 'node-netlink'],
  conntrack: ['address', 'node-netlink'],
  neighbour: ['address', 'node-netlink'],
  nflog: ['address', 'node-netlink'],
  flow: ['address', 'conntrack'],
  policy: ['address', 'flow'],
  detection: ['address', 'flow', 'policy'],
  incident: ['address', 'flow', 'policy', 'detection'],
  decision: ['address', 'neighbour', 'policy', 'incident'],
  enforcement: ['address', 'neighbour', 'policy', 'decision', 'node-nftables'],
  ledger: ['address', 'policy', 'incident', 'decision', 'enforcement'],
  engine: [
    'names',
    'address',
    'conntrack',
    'neighbour',
    'nflog',
    'flow',
    'policy',
    'detection',
    'incident',
    'decision',
    'enforcement',
    'ledger',
    'node-netlink',
    'node-nftables',
  ],
  replay: ['address', 'flow', 'policy', 'detection', 'incident', 'engine'],
};
const edges = ['alerts', 'api', 'cli', 'console', 'evidence', 'history', 'report'];
const everyRoom = [...Object.keys(rooms), 'node-netlink', 'node-nftables'];
// The command and the console talk to the daemon as anybody else does.
const allowedOfEdge = {
  cli: [...everyRoom, 'penstock-client', 'daemon'],
  console: [...everyRoom, 'penstock-client'],
};

/** A room may import itself and the rooms named; tests may import anything. */
function roomRule(room, allowed) {
  return {
    name: `room-${room.replace('/', '-')}`,
    severity: 'error',
    comment: `src/${room} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans-outside', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'no-test-in-src', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    roomRule('node-netlink', []),
    roomRule('node-nftables', ['node-netlink']),
    ...Object.entries(rooms).map(([room, allowed]) => roomRule(room, allowed)),
    roomRule('penstock-client', []),
    // The command starts the daemon, which is the one thing above an edge.
    ...edges.map((edge) => roomRule(`edges/${edge}`, allowedOfEdge[edge] ?? everyRoom)),
    {
      name: 'nothing-imports-daemon',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(daemon|edges/cli)/' },
      to: { path: '^src/daemon/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      // What Vite has made of the console is made of files that are looked at themselves.
      path: ['node_modules/(?!node-(netlink|nftables)|penstock-client)', '^src/edges/console/dist/'],
    },
    tsPreCompilationDeps: true,
    preserveSymlinks: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
};
