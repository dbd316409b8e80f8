import { run, SshError, withHost } from "../../../components/node/dial";
import { freePort, missingSshd, type Sshd, startSshd } from "../../offline/sshd";

/** Against a real sshd on loopback. */
const describeWithSshd = missingSshd ? describe.skip : describe;

describeWithSshd("a real sshd", () => {
  let sshd: Sshd;
  const access = () => ({ host: "127.0.0.1", port: sshd.port, user: sshd.user, hostKey: sshd.hostKey, privateKey: sshd.privateKey });

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test("a command's output, error output and exit code", async () => {
    expect(await run(access(), "echo out; echo err >&2; exit 3")).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("its input, to the last byte", async () => {
    const stdin = "ä line\n".repeat(50_000);
    expect(await run(access(), "cat", { stdin })).toEqual({ code: 0, stdout: stdin, stderr: "" });
  });

  test("a command that a signal ends", async () => {
    expect(await run(access(), "kill -9 $$")).toEqual({ code: 255, stdout: "", stderr: "" });
  });

  test("many commands over one connection, one after the other and at the same time", async () => {
    const before = sshd.connections();
    const answers = await withHost(access(), async (host) => {
      const first = await host.run("echo first");
      return [first, ...(await Promise.all([1, 2, 3, 4].map((number) => host.run(`echo ${number}`))))].map(({ stdout }) => stdout);
    });
    expect(answers).toEqual(["first\n", "1\n", "2\n", "3\n", "4\n"]);
    expect(sshd.connections() - before).toBe(1);
  });

  test("through a bastion", async () => {
    const { port, user, hostKey } = access();
    const bastion = { host: "127.0.0.1", port, user, hostKey };
    const before = sshd.connections();
    expect((await run({ ...access(), host: "localhost", bastion }, "echo there")).stdout).toBe("there\n");
    expect(sshd.connections() - before).toBe(2);
  });

  test("a command that hangs is given up after its time", async () => {
    await expect(run(access(), "sleep 60", { timeout: 0.2 })).rejects.toThrow(/a command didn't end within 0.2 s\.$/);
  });

  test("a command is given up on a signal", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(run(access(), "sleep 60", { signal: stop.signal })).rejects.toThrow(/given up\.$/);
  });

  describe("refuses to go on, in words", () => {
    const at = () => `SSH to ${sshd.user}@127.0.0.1 port ${sshd.port}`;

    test("when the host has another key", async () => {
      const before = sshd.connections();
      await expect(run({ ...access(), hostKey: sshd.otherHostKey }, "true")).rejects.toThrow(
        new SshError(
          `${at()}: the host shows another key than the known one. Somebody may listen in, or the host was set up anew; then remove the old key and run \`plumbline adopt\`.`,
        ),
      );
      expect(sshd.connections()).toBe(before);
    });

    test("when the host's key isn't known: it isn't even dialled", async () => {
      const { hostKey: _, ...unknown } = access();
      await expect(run(unknown, "true")).rejects.toThrow(
        new SshError(`${at()}: its host key isn't known. Run \`plumbline adopt\`, or \`ssh\` there once and compare the key.`),
      );
    });

    test("when the bastion doesn't get there", async () => {
      const { port, user, hostKey } = access();
      const bastion = { host: "127.0.0.1", port, user, hostKey };
      await expect(run({ ...access(), port: await freePort(), bastion }, "true")).rejects.toThrow(
        /^SSH to 127\.0\.0\.1: the bastion 127\.0\.0\.1 doesn't get there: .*Connection refused\.$/,
      );
    });

    test("when the host doesn't know the user", async () => {
      await expect(run({ ...access(), user: "nobody-here" }, "true")).rejects.toThrow(/the host accepts neither this user nor this key\.$/);
    });

    test("when nobody listens", async () => {
      await expect(run({ ...access(), port: await freePort() }, "true")).rejects.toThrow(
        /connection refused: no SSH server listens there\.$/,
      );
    });

    test("when the key is none", async () => {
      await expect(run({ ...access(), privateKey: "secret" }, "true")).rejects.toThrow(/the private key can't be used: /);
    });
  });
});
