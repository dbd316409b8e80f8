/*
 * The directions of docs/architecture.md: core <- components <- index.ts, core <- analysis, everything <- cli.
 *   npx depcruise --config .dependency-cruiser.js index.ts core components analysis cli lab offline setup bench
 */

/** The component files: Pulumi is a thin shell around the plan, and only these are it. */
const pulumiFiles = "^(index|components/(index|ClusterNetwork|ClusterObjects|networkArgs|stackArgs|writeHooks|node/NodeNetwork))\\.ts$";

/** A room may import from itself and from these; nothing is said of npm packages. */
const room = (name, mayImport, comment) => ({
  name: `${name}-imports`,
  severity: "error",
  comment,
  from: { path: `^${name}/` },
  to: {
    path: "^[^/]+\\.ts$|^(core|components|analysis|cli|lab|offline|setup|bench|test)/",
    pathNot: [name, ...mayImport].map((other) => `^${other}/`),
  },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "What imports each other is one thing. Types are gone when it runs: an implementation may name the types of what loads it.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", comment: "An import that leads nowhere.", from: {}, to: { couldNotResolve: true } },
    room("core", [], "The plain model, which all rooms share, knows none of them."),
    room("components", ["core"], "Parts and components are built from the model alone."),
    room("analysis", ["core", "components"], "It reads plans; nothing reads it but the command line."),
    room("cli", ["core", "components", "analysis", "lab", "setup", "bench"], "The command line is on top, but for the engine's stand-ins."),
    room("lab", ["core", "setup"], "The lab makes hosts and a cluster; it doesn't know what Plumbline does to them."),
    room("offline", ["core", "setup"], "Stand-ins for downloads that can't be had know nothing of the product."),
    {
      name: "offline-only-by-setup",
      severity: "error",
      comment: "The product runs without the stand-ins; the set-up decides whether they are needed.",
      from: { pathNot: "^(offline|setup|test)/" },
      to: { path: "^offline/" },
    },
    {
      name: "pulumi-only-in-components",
      severity: "error",
      comment: "Parts, plan and analysis are pure: they work without Pulumi, and start fast.",
      from: { path: "^(index\\.ts|(core|components|analysis|cli|lab|bench)/)", pathNot: pulumiFiles },
      to: { path: "(^|/)node_modules/@pulumi/" },
    },
    {
      name: "components-without-pulumi-files",
      severity: "error",
      comment: "Whoever imports a component file imports Pulumi.",
      from: { path: "^(core|components|analysis|cli|lab|bench)/", pathNot: pulumiFiles },
      to: { path: pulumiFiles },
    },
    {
      name: "no-tests",
      severity: "error",
      comment: "What runs doesn't lean on what tests it.",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Types count: a room that needs another's types depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|docs)/" },
  },
};
