// Entry of every npm script of the README: works on a fresh checkout, with nothing but Node installed.
// Installs the npm packages when package-lock.json changed, compiles when a source changed, and hands over to dist/setup/<command>.js.
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const [command, ...args] = process.argv.slice(2);

function fail(message) {
  console.error(message);
  process.exit(2);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Plumbline needs Node 20.19 or newer; this is ${process.versions.node}. Install it and run the command again.`);
}

// The lock file is copied beside the packages when they are all there, so a half-finished installation is done again.
const lock = readFileSync(path.join(root, "package-lock.json"), "utf8");
const installed = path.join(root, "node_modules", ".plumbline-lock.json");
if (!existsSync(installed) || readFileSync(installed, "utf8") !== lock) {
  console.error("> Install npm packages (about 1 minute)");
  // Without their scripts: those only build optional accelerators or fetch Pulumi plugins, which the engine's set-up does.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (npm.status !== 0) fail("npm ci failed; see above. Mend that and run the command again.");
  writeFileSync(installed, lock);
}

require("./compile").compile();

const { main } = require(path.join(root, "dist", "setup", `${command}.js`));
main(args).then(
  (code) => process.exit(code),
  (error) => fail(error.name === "UserError" ? error.message : error.stack),
);
