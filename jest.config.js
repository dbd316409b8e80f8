const shared = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs", ignoreDynamic: true } }] },
  testEnvironment: "node",
  testEnvironmentOptions: { globalsCleanup: "off" },
};

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    // Pure code and programs with mocks: quick, anywhere.
    { ...shared, displayName: "unit", testMatch: ["<rootDir>/test/!(e2e)/**/!(*.protocol).test.ts"] },
    // The stand-ins for Pulumi's plugins against a real sshd and a real API server on this machine.
    { ...shared, displayName: "protocol", testMatch: ["<rootDir>/test/**/*.protocol.test.ts"] },
    // The lab itself. Alone: it looks at settings of this machine that other labs change too.
    { ...shared, displayName: "lab", testMatch: ["<rootDir>/test/e2e/lab.test.ts"] },
    // Everything, on the lab's hosts.
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/test/e2e/!(lab).test.ts"] },
  ],
};
