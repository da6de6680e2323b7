/**
 * Which room may import which. A room's line is the whole list of our own folders it may reach.
 * The line of web/ is in biome.json, since the parser used here reads no TSX.
 */
const rooms = {
  "^contract/": ["^contract/"],
  "^models/": ["^models/"],
  "^migrations/": ["^$"],
  "^server/policies/": ["^server/policies/", "^models/"],
  "^server/orchestration/": ["^server/orchestration/", "^contract/"],
  "^server/stream/": [
    "^server/(stream|orchestration)/",
    "^(models|contract)/",
    "^server/metrics\\.ts$",
    "^server/database/(sql|binary|binary_json)\\.ts$",
  ],
  "^server/actions/": [
    "^server/(actions|policies|stream|orchestration)/",
    "^(models|contract)/",
    "^server/database/sql\\.ts$",
  ],
  "^server/database/": ["^server/(database/|metrics\\.ts$|config\\.ts$)", "^models/"],
  "^server/(http|realtime)/": [
    "^server/(stream|http|realtime)/",
    "^server/[a-z_]+\\.ts$",
    "^server/actions/action\\.ts$",
    "^contract/",
  ],
  "^client/": ["^client/", "^contract/"],
  // Its dry runs go through the very functions that the server decides with; `serve` and `migrate` are
  // the server's programs, and `doctor` looks at what they need.
  "^cli/": [
    "^cli/",
    "^client/",
    "^contract/",
    "^server/(orchestration|database)/",
    "^server/(main|config|redis|log|package_root)\\.ts$",
  ],
  "^demo/": ["^demo/", "^cli/", "^client/", "^contract/"],
};

/** Which packages a room that must stay pure may import. */
const packages = {
  "^contract/": ["zod"],
  "^models/": ["sequelize", "uuid"],
  "^migrations/": ["sequelize"],
  "^server/policies/": [],
  "^server/orchestration/": ["fraction\\.js", "json-logic-engine"],
  "^client/": ["socket\\.io-client", "uuid"],
};

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Rooms that need each other are one room. Models may name each other as types.",
      severity: "error",
      from: { pathNot: "^models/" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "http-and-realtime-are-apart",
      severity: "error",
      from: { path: "^server/(http|realtime)/" },
      to: { path: "^server/(http|realtime)/", pathNot: "^server/$1/" },
    },
    ...Object.entries(rooms).map(([from, allowed]) => ({
      name: `rooms of ${from}`,
      severity: "error",
      from: { path: from },
      to: {
        path: "^(?!node_modules)[^/]+/",
        pathNot: [...allowed, "^node_modules/"],
        dependencyTypesNot: ["core"],
      },
    })),
    ...Object.entries(packages).map(([from, allowed]) => ({
      name: `packages of ${from}`,
      severity: "error",
      from: { path: from },
      to: {
        dependencyTypes: [
          "npm",
          "npm-dev",
          "npm-optional",
          "npm-peer",
          "npm-no-pkg",
          "npm-unknown",
          "core",
        ],
        pathNot: allowed.map((name) => `^node_modules/${name}/`),
      },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The compiler of this TypeScript has no JavaScript API for others to parse with.
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node"],
    },
  },
};
