import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { fromStruct, Secret, toStruct, Unknown } from "../../../offline/provider/values";
import { call, type RunningPlugin, startPlugin } from "../plugin";
import { ProviderClient } from "../provider-client";

let plugin: RunningPlugin;
let provider: ProviderClient;

beforeAll(async () => {
  plugin = await startPlugin("offline/command/main.ts");
  provider = new ProviderClient(plugin, "command:remote:Command");
});

afterAll(() => plugin.stop());

describe("the plugin", () => {
  test("says its version, and a schema with the resources and their inputs", async () => {
    const info = await call<{ getVersion(): string }>((done) => provider.rpc.getPluginInfo(new Empty(), done));
    expect(info.getVersion()).toBe("1.2.1");
    const response = await call<proto.GetSchemaResponse>((done) => provider.rpc.getSchema(new proto.GetSchemaRequest(), done));
    const { name, version, resources } = JSON.parse(response.getSchema());
    expect([name, version, Object.keys(resources).sort()]).toEqual([
      "command",
      "1.2.1",
      ["command:local:Command", "command:remote:Command"],
    ]);
    expect(resources["command:remote:Command"].requiredInputs).toEqual(["connection"]);
    expect(Object.keys(resources["command:remote:Command"].inputProperties).sort()).toEqual([
      "addPreviousOutputInEnv",
      "connection",
      "create",
      "delete",
      "environment",
      "logging",
      "stdin",
      "triggers",
      "update",
    ]);
  });

  test("records the version of the official plugin's library among its inputs, and never differs", async () => {
    const news = toStruct({ version: "1.2.1" });
    const checked = await call<proto.CheckResponse>((done) => provider.rpc.checkConfig(new proto.CheckRequest().setNews(news), done));
    expect(fromStruct(checked.getInputs())).toEqual({ version: "1.2.1", "__pulumi-go-provider-version": "v1.5.0" });
    const request = new proto.DiffRequest().setOlds(news).setNews(toStruct({ version: "1.2.2" }));
    const diff = await call<proto.DiffResponse>((done) => provider.rpc.diffConfig(request, done));
    expect([diff.getChanges(), diff.getReplacesList()]).toEqual([proto.DiffResponse.DiffChanges.DIFF_NONE, []]);
  });

  test("takes secrets and supports preview", async () => {
    const configured = await call<proto.ConfigureResponse>((done) => provider.rpc.configure(new proto.ConfigureRequest(), done));
    expect([configured.getAcceptsecrets(), configured.getSupportspreview()]).toEqual([true, true]);
  });

  test("refuses other resources with what to do", async () => {
    const other = new ProviderClient(plugin, "command:remote:CopyToRemote");
    await expect(other.check("copy", {})).rejects.toMatchObject({
      details: expect.stringMatching(
        /^copy: resources of type command:remote:CopyToRemote are not supported here\. .*install the official plugin/,
      ),
    });
  });

  test("ends when the engine goes away", async () => {
    const another = await startPlugin("offline/command/main.ts");
    const ended = new Promise((resolve) => another.process.on("exit", resolve));
    another.process.stdin?.end();
    expect(await ended).toBe(0);
    await another.stop();
  });
});

describe("check", () => {
  const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

  test("fills in the connection's defaults and makes it secret", async () => {
    const proxy = { host: "bastion", port: 2222 };
    expect(await provider.check("c", { create: "true", connection: { host: "h", user: "ops", proxy } })).toEqual({
      inputs: {
        create: "true",
        connection: new Secret({ ...defaults, host: "h", user: "ops", proxy: { ...defaults, ...proxy } }),
      },
      failures: [],
    });
  });

  test("keeps secrets and unknowns", async () => {
    const given = {
      connection: new Secret({ host: Unknown.value, privateKey: new Secret("k") }),
      stdin: new Secret(Unknown.value),
      create: Unknown.value,
    };
    expect(await provider.check("c", given)).toEqual({
      inputs: { ...given, connection: new Secret({ ...defaults, host: Unknown.value, privateKey: "k" }) },
      failures: [],
    });
    const unknown = { connection: new Secret(Unknown.value) };
    expect(await provider.check("c", unknown)).toEqual({ inputs: unknown, failures: [] });
  });

  test("names every mistake with its place, and no value of a secret", async () => {
    const connection = new Secret({ user: 5, port: "22", dialErrorLimit: 1.5, hostkey: "secret" });
    const { failures } = await provider.check("c", { connection, create: ["a"], environment: { A: 1 }, logging: "all", triggers: "x" });
    expect(failures.sort()).toEqual([
      "connection.dialErrorLimit is a number; expected a whole number",
      "connection.host is missing",
      expect.stringMatching(/^connection\.hostkey is not known here; known are: agentSocketPath, .*, hostKey, /),
      "connection.port is a string; expected a number",
      "connection.user is a number; expected a string",
      "create is a list; expected a string",
      "environment.A is a number; expected a string",
      "logging is a string; expected one of stdout, stderr, stdoutAndStderr, none",
      "triggers is a string; expected a list",
    ]);
  });

  test("wants a connection", async () => {
    expect(await provider.check("c", { create: "true" })).toEqual({ inputs: { create: "true" }, failures: ["connection is missing"] });
  });
});

describe("diff", () => {
  const connection = new Secret({ host: "h", port: 22 });
  const state = { connection, create: "a", stdin: "x", triggers: [1, { a: 1 }], stdout: "out", stderr: "" };
  const inputs = { connection, create: "a", stdin: "x", triggers: [1, { a: 1 }] };

  test("equal inputs don't differ, whatever the output", async () => {
    expect(await provider.diff("d", state, inputs)).toEqual({ changes: false, diffs: [], replaces: [], details: {} });
  });

  test("everything but triggers changes in place", async () => {
    const { stdin: _, ...rest } = inputs;
    const news = { ...rest, create: "b", update: "c", connection: new Secret({ host: "h2", port: 22 }) };
    expect(await provider.diff("d", state, news)).toEqual({
      changes: true,
      diffs: ["connection", "create", "stdin", "update"],
      replaces: [],
      details: { connection: "update", create: "update", stdin: "delete", update: "add" },
    });
  });

  test("triggers replace", async () => {
    expect(await provider.diff("d", state, { ...inputs, triggers: [2, { a: 2 }] })).toEqual({
      changes: true,
      diffs: ["triggers"],
      replaces: ["triggers"],
      details: { "triggers[0]": "update, replace", "triggers[1].a": "update, replace" },
    });
  });

  test("a value that is unknown in preview is a change", async () => {
    expect(await provider.diff("d", state, { ...inputs, stdin: new Secret(Unknown.value) })).toEqual({
      changes: true,
      diffs: ["stdin"],
      replaces: [],
      details: { stdin: "update" },
    });
  });
});

describe("read", () => {
  test("gives back what was recorded", async () => {
    const state = { create: "a", connection: new Secret({ host: "h" }), stdout: "o", stderr: "" };
    const inputs = { create: "a", connection: new Secret({ host: "h" }) };
    expect(await provider.read("r", state, inputs)).toEqual({ id: "r01234567", state, inputs });
  });

  test("can't find a command that isn't ours", async () => {
    await expect(provider.read("r", {}, {})).rejects.toMatchObject({
      details: expect.stringMatching(/^r: a command can't be read or imported/),
    });
  });
});

describe("local.Command", () => {
  test("runs here, with its folder, interpreter and environment", async () => {
    const local = new ProviderClient(plugin, "command:local:Command");
    const inputs = {
      create: "console.log(process.cwd(), process.env.A)",
      interpreter: [process.execPath, "-e"],
      dir: "/",
      environment: { A: "1" },
    };
    expect((await local.create("l", inputs)).state).toEqual({ ...inputs, stdout: "/ 1", stderr: "" });
    const failing = local.create("l", { create: "echo out; exit 2" });
    await expect(failing).rejects.toMatchObject({ details: 'Process exited with status 2: running "echo out; exit 2":\nout\n' });
  });
});
