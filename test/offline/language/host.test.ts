import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { call, type RunningPlugin, startPlugin } from "../plugin";

const root = path.join(__dirname, "..", "..", "..");

let plugin: RunningPlugin;
let client: LanguageRuntimeClient;

beforeAll(async () => {
  plugin = await startPlugin("offline/language/main.ts");
  client = new LanguageRuntimeClient(plugin.address, grpc.credentials.createInsecure());
});

afterAll(() => plugin.stop());

test("says its version: that of the SDK", async () => {
  const info = await call<{ getVersion(): string }>((done) => client.getPluginInfo(new Empty(), done));
  expect(info.getVersion()).toBe(require("@pulumi/pulumi/package.json").version);
});

test("names no plugin in advance: the engine loads what the program uses", async () => {
  const plugins = await call<proto.GetRequiredPluginsResponse>((done) =>
    client.getRequiredPlugins(new proto.GetRequiredPluginsRequest(), done),
  );
  expect(plugins.getPluginsList()).toEqual([]);
});

test("lists the program's dependencies with the versions that are installed", async () => {
  const info = new proto.ProgramInfo().setProgramDirectory(path.join(root, "components"));
  const request = new proto.GetProgramDependenciesRequest().setInfo(info);
  const response = await call<proto.GetProgramDependenciesResponse>((done) => client.getProgramDependencies(request, done));
  const found = response.getDependenciesList().map((dependency) => `${dependency.getName()} ${dependency.getVersion()}`);
  expect(found).toContain(`@pulumi/command ${require("@pulumi/command/package.json").version}`);
});

test("a program that has no SDK is told what to do", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-program-"));
  try {
    const request = new proto.RunRequest().setInfo(new proto.ProgramInfo().setProgramDirectory(folder));
    await expect(call((done) => client.run(request, done))).rejects.toMatchObject({
      details: `The program in ${folder} can't find the Pulumi SDK, @pulumi/pulumi. Run npm ci there.`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what it can't do, it says at once", async () => {
  const failure = await new Promise((resolve) =>
    client.installDependencies(new proto.InstallDependenciesRequest()).on("error", resolve).resume(),
  );
  expect(failure).toMatchObject({ code: grpc.status.UNIMPLEMENTED, details: expect.stringMatching(/Run npm ci/) });
});
