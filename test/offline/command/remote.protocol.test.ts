import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Properties, Secret, Unknown } from "../../../offline/provider/values";
import { call, type RunningPlugin, startPlugin } from "../plugin";
import { ProviderClient } from "../provider-client";
import { freePort, missingSshd, type Sshd, startSshd } from "../sshd";

// Other tests, and programs that they build, are at work on the same cores.
jest.setTimeout(30_000);

const suite = missingSshd === undefined ? describe : describe.skip;

suite(`remote.Command over a real sshd${missingSshd === undefined ? "" : ` (skipped: ${missingSshd})`}`, () => {
  let sshd: Sshd;
  let plugin: RunningPlugin;
  let provider: ProviderClient;

  beforeAll(async () => {
    [sshd, plugin] = await Promise.all([startSshd(), startPlugin("offline/command/main.ts", { SSH_AUTH_SOCK: "" })]);
    provider = new ProviderClient(plugin, "command:remote:Command");
  });

  afterAll(async () => {
    await plugin?.stop();
    await sshd?.stop();
  });

  beforeEach(() => {
    plugin.log.length = 0;
  });

  const statusLines = () => plugin.log.filter((line) => line.status).map((line) => line.message);

  /** Inputs with a working connection; properties override it. */
  function inputs(command: Properties, connection: Properties = {}): Properties {
    const { user, port, privateKey, hostKey } = sshd;
    const all = { host: "127.0.0.1", user, port, privateKey, hostKey, dialErrorLimit: 1, perDialTimeout: 5, ...connection };
    return { addPreviousOutputInEnv: false, logging: "none", connection: new Secret(all), ...command };
  }

  test("create runs the command with its stdin, and keeps what it printed without the last newline", async () => {
    const given = inputs({ create: "sh -s", stdin: "echo out; echo; echo err >&2\n" });
    const { id, state } = await provider.create("plain", given);
    expect(id).toMatch(/^plain[0-9a-f]{8}$/);
    expect(state).toEqual({ ...given, stdout: "out\n", stderr: "err" });
  });

  test("secret inputs stay secret, and the output of a secret stdin is not secret", async () => {
    const given = inputs({ create: "cat >/dev/null; echo kept", stdin: new Secret("hidden") });
    const { state } = await provider.create("secret", given);
    expect(state).toEqual({ ...given, stdin: new Secret("hidden"), stdout: "kept", stderr: "" });
  });

  test("preview runs nothing and leaves the output unknown", async () => {
    const before = sshd.connections();
    const given = inputs({ create: "exit 1" });
    expect((await provider.create("preview", given, true)).state).toEqual({ ...given, stdout: Unknown.value, stderr: Unknown.value });
    expect(await provider.update("preview", { ...given, stdout: "a", stderr: "" }, given, true)).toEqual({
      ...given,
      stdout: Unknown.value,
      stderr: Unknown.value,
    });
    expect(sshd.connections()).toBe(before);
  });

  test("without a command nothing is dialled: on create no output, on update the previous one", async () => {
    const given = inputs({}, { port: 1 });
    expect((await provider.create("empty", given)).state).toEqual({ ...given, stdout: "", stderr: "" });
    expect(await provider.update("empty", { ...given, stdout: "before", stderr: "" }, given)).toEqual({
      ...given,
      stdout: "before",
      stderr: "",
    });
    await provider.delete("empty", { ...given, stdout: "", stderr: "" });
  });

  test("update runs `update`, or `create` where there is none", async () => {
    const old = { ...inputs({ create: "echo created" }), stdout: "created", stderr: "" };
    const own = inputs({ create: "echo created", update: "echo updated" });
    const fallback = inputs({ create: "echo again" });
    expect(await Promise.all([provider.update("u", old, own), provider.update("u", old, fallback)])).toEqual([
      { ...own, stdout: "updated", stderr: "" },
      { ...fallback, stdout: "again", stderr: "" },
    ]);
  });

  test("delete runs with the connection in the state", async () => {
    const before = sshd.connections();
    await provider.delete("d", { ...inputs({ create: "true", delete: "true" }), stdout: "", stderr: "" });
    expect(sshd.connections()).toBe(before + 1);
    const failing = provider.delete("d", { ...inputs({ delete: "echo no; exit 4" }), stdout: "", stderr: "" });
    await expect(failing).rejects.toMatchObject({ details: 'Process exited with status 4: running "echo no; exit 4":\nno\n' });
  });

  test("a failing command is an error with its status, itself and its output; a secret command is not shown", async () => {
    const failing = provider.create("f", inputs({ create: "echo out; sleep 0.1; echo err >&2; exit 3" }));
    const secret = provider.create("f", inputs({ create: new Secret("echo out; exit 3 # hidden") }));
    const killed = provider.create("f", inputs({ create: "kill -KILL $$" }));
    await Promise.allSettled([failing, secret, killed]);
    await expect(failing).rejects.toMatchObject({
      details: 'Process exited with status 3: running "echo out; sleep 0.1; echo err >&2; exit 3":\nout\nerr\n',
    });
    await expect(secret).rejects.toMatchObject({ details: "Process exited with status 3: running a secret command:\nout\n" });
    await expect(killed).rejects.toMatchObject({ details: 'Process exited with status 137 from signal KILL: running "kill -KILL $$":\n' });
  });

  test("megabytes of stdin arrive whole, and a command that doesn't read them is not at fault", async () => {
    const stdin = `${"x".repeat(99)}\n`.repeat(40_000);
    const commands = ["wc -c", "echo done"].map((create) => provider.create("big", inputs({ create, stdin })));
    expect((await Promise.all(commands)).map(({ state }) => state.stdout)).toEqual(["4000000", "done"]);
  });

  test("the environment reaches the command; a variable that sshd refuses is an error", async () => {
    const { state } = await provider.create("e", inputs({ create: "echo $LC_A $LC_B", environment: { LC_A: "1", LC_B: "two words" } }));
    expect(state.stdout).toBe("1 two words");
    await expect(provider.create("e", inputs({ create: "true", environment: { OTHER: "1" } }))).rejects.toMatchObject({
      details: expect.stringMatching(/^could not set environment variable "OTHER": .*AcceptEnv/),
    });
  });

  test("the previous output is passed on unless that is turned off; a refusal is only a warning", async () => {
    const old = { stdout: "before", stderr: "trouble" };
    const show = { create: "echo [$PULUMI_COMMAND_STDOUT] [$PULUMI_COMMAND_STDERR]" };
    const off = inputs(show);
    expect((await provider.update("p", { ...off, ...old }, off)).stdout).toBe("[] []");
    expect(plugin.log).toEqual([]);
    const { addPreviousOutputInEnv: _, ...on } = off;
    // The sshd of this test accepts PULUMI_COMMAND_STDOUT and not PULUMI_COMMAND_STDERR.
    expect((await provider.update("p", { ...on, ...old }, on)).stdout).toBe("[before] []");
    expect(plugin.log).toEqual([
      { urn: provider.urn("p"), severity: "WARNING", status: false, message: expect.stringContaining("PULUMI_COMMAND_STDERR") },
    ]);
  });

  test("logging says which output is shown while the command runs; all of it by default", async () => {
    const { logging: _, ...rest } = inputs({ create: "echo out; sleep 0.1; echo err >&2; sleep 0.1; printf last" });
    const modes = ["none", "stdout", "stderr", "stdoutAndStderr", "default"];
    await Promise.all(modes.map((logging) => provider.create(logging, logging === "default" ? rest : { ...rest, logging })));
    const shown = (mode: string) => plugin.log.filter((line) => line.urn === provider.urn(mode)).map((line) => [line.status, line.message]);
    expect(Object.fromEntries(modes.map((mode) => [mode, shown(mode)]))).toEqual({
      none: [],
      stdout: [
        [true, "out"],
        [true, "last"],
      ],
      stderr: [[true, "err"]],
      stdoutAndStderr: [
        [true, "out"],
        [true, "err"],
        [true, "last"],
      ],
      default: [
        [true, "out"],
        [true, "err"],
        [true, "last"],
      ],
    });
  });

  test("a wrong host key is refused, after as many dials as allowed, and names both keys", async () => {
    const failing = provider.create("k", inputs({ create: "true" }, { hostKey: sshd.otherHostKey }));
    await expect(failing).rejects.toMatchObject({
      details: expect.stringMatching(
        /^after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch: expected SHA256:\S{43}, the host showed SHA256:\S{43}$/,
      ),
    });
    expect(statusLines()).toEqual(["Dial 1/1 failed: retrying"]);
  });

  test("without a host key any host is trusted", async () => {
    const { port, user, privateKey } = sshd;
    const connection = new Secret({ host: "127.0.0.1", port, user, privateKey });
    expect((await provider.create("any", { connection, create: "echo hello" })).state.stdout).toBe("hello");
  });

  test("a host that doesn't answer is dialled again up to the limit", async () => {
    const port = await freePort();
    const failing = provider.create("n", inputs({ create: "true" }, { port, dialErrorLimit: 2 }));
    await expect(failing).rejects.toMatchObject({
      details: `after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
    });
    expect(statusLines()).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
  });

  test("a key that the host doesn't know, a broken key and a broken host key are told apart, and none is shown", async () => {
    const unknown = provider.create("a", inputs({ create: "true" }, { user: "nobody", dialErrorLimit: 0 }));
    await expect(unknown).rejects.toMatchObject({
      details: expect.stringMatching(/^after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate as nobody: /),
    });
    const broken = provider.create("a", inputs({ create: "true" }, { privateKey: "not a key" }));
    await expect(broken).rejects.toMatchObject({ details: "ssh: the connection's privateKey can't be read: Unsupported key format" });
    const host = provider.create("a", inputs({ create: "true" }, { hostKey: "ssh-ed25519 x" }));
    await expect(host).rejects.toMatchObject({ details: expect.stringMatching(/^ssh: the connection's hostKey can't be read: /) });
  });

  test("a bastion is passed through, and each of the two hosts is checked", async () => {
    const { user, port, privateKey, hostKey } = sshd;
    const proxy = { host: "127.0.0.1", user, port, privateKey, hostKey, dialErrorLimit: 1, perDialTimeout: 5 };
    const before = sshd.connections();
    expect((await provider.create("b", inputs({ create: "echo through" }, { proxy }))).state.stdout).toBe("through");
    expect(sshd.connections()).toBe(before + 2);
    const failing = provider.create("b", inputs({ create: "true" }, { proxy: { ...proxy, hostKey: sshd.otherHostKey } }));
    await expect(failing).rejects.toMatchObject({ details: expect.stringMatching(/^proxy: after 1 failed attempts: .*host key mismatch/) });
    expect(statusLines()).toEqual(["Dial proxy 1/1 failed: retrying"]);
    const beyond = provider.create("b", inputs({ create: "true" }, { proxy, port: await freePort(), dialErrorLimit: 0 }));
    await expect(beyond).rejects.toMatchObject({
      details: expect.stringMatching(/^proxy: after 0 failed attempts: ssh: rejected: .*Connection refused/),
    });
  });

  test("an interruption ends the dials and lets a running command finish", async () => {
    const another = await startPlugin("offline/command/main.ts");
    try {
      const interrupted = new ProviderClient(another, "command:remote:Command");
      const running = interrupted.create("running", inputs({ create: "echo started; sleep 0.5; echo finished", logging: "stdout" }));
      const dialling = interrupted.create("dialling", inputs({ create: "true" }, { port: await freePort(), dialErrorLimit: -1 }));
      const dialled = expect(dialling).rejects.toMatchObject({ details: "interrupted" });
      for (let waited = 0; waited < 3000 && !another.log.some((line) => line.message === "started"); waited += 20) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await call((done) => interrupted.rpc.cancel(new Empty(), done));
      await dialled;
      expect((await running).state.stdout).toBe("started\nfinished");
    } finally {
      await another.stop();
    }
  });
});
