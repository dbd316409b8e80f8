#!/usr/bin/env node
// A checkout compiles itself when a source is newer than dist/; otherwise this costs a few milliseconds.
require("../setup/compile.js").compile();

// `plumbline plan | head`: the reader has seen enough.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

require("../dist/cli/main.js").main(process.argv.slice(2));
