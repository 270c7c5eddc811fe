// Who may import whom: one rule for each room of src, as in CONTRIBUTING.md.
// An import of a type counts as much as any other.

const ERRORS = "^src/errors\\.ts$";
const FILE_TOOLS = "^src/system/files/";
/** The packages of the main bundle; all others come as chunks, when they are needed. */
const EAGER = "node_modules/@oclif/core/";
/** Node's modules that neither read the clock nor touch the machine. */
const PURE_NODE = "^(node:)?(buffer|crypto|net|path|querystring|url|util)(/|$)";

module.exports = {
  forbidden: [
    room("commands", ["^src/flows/", "^src/views/", "^src/lab/", ERRORS, "^src/context\\.ts$"]),
    room("views", ["^src/domain/"]),
    room("flows", [
      "^src/domain/",
      "^src/aws/",
      "^src/state/",
      FILE_TOOLS,
      ERRORS,
      "^src/context\\.ts$",
    ]),
    room("domain", [ERRORS]),
    room("state", ["^src/domain/", FILE_TOOLS, ERRORS]),
    room("aws", ["^src/domain/", FILE_TOOLS, ERRORS]),
    room("system", [ERRORS]),
    room("lab", ["^src/system/clock\\.ts$", FILE_TOOLS, ERRORS]),
    {
      name: "only-lab-command-uses-lab",
      severity: "error",
      from: { path: "^src/commands/", pathNot: "^src/commands/lab(/|\\.ts$)" },
      to: { path: "^src/lab/" },
    },
    {
      name: "file-tools-stand-alone",
      comment: "Flows, aws and the lab use them without the rest of system.",
      severity: "error",
      from: { path: FILE_TOOLS },
      to: { path: "^src/", pathNot: [FILE_TOOLS, ERRORS] },
    },
    {
      name: "errors-import-nothing",
      severity: "error",
      from: { path: ERRORS },
      to: { path: "." },
    },
    {
      name: "context-is-a-type",
      comment: "What a flow or a command is given comes from its caller.",
      severity: "error",
      from: { pathNot: "^src/entry\\.ts$" },
      to: { path: "^src/context\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "main-from-entry-only",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/entry\\.ts$" },
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "nothing-imports-entry",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/(entry|answer)\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "commands-from-main-only",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts$|commands/)" },
      to: { path: "^src/commands/" },
    },
    {
      name: "oclif-in-main-and-commands-only",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts$|commands/)" },
      to: { path: "node_modules/@oclif/" },
    },
    {
      name: "domain-and-views-are-pure",
      comment: "Decisions and texts are functions of values: no clock, no disk, no network.",
      severity: "error",
      from: { path: "^src/(domain|views)/" },
      to: { dependencyTypes: ["core"], pathNot: PURE_NODE },
    },
    {
      name: "time-at-the-edges",
      comment: "Waiting goes through the clock of Context, so that a test can move it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(system|lab)/" },
      to: { path: "^(node:)?(timers|perf_hooks|process|console)(/|$)" },
    },
    {
      name: "packages-are-lazy",
      comment: "A static import would put the package into every command's start-up.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        path: "node_modules/",
        pathNot: EAGER,
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "src-is-the-program",
      comment: "Tests, scripts and benchmarks know src; src knows none of them.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|scripts|bin|dist)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};

function room(name, others) {
  return {
    name: `room-${name}`,
    comment: `src/${name} may import of src: ${[`^src/${name}/`, ...others].join(" ")}`,
    severity: "error",
    from: { path: `^src/${name}/` },
    to: { path: "^src/", pathNot: [`^src/${name}/`, ...others] },
  };
}
