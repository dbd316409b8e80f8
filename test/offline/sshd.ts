import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";

/** A real sshd on loopback that lets the current user in with a key of its own. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** The user's private key, and the host's public one as a line of authorized_keys. */
  readonly privateKey: string;
  readonly hostKey: string;
  /** A host key that the host doesn't have. */
  readonly otherHostKey: string;
  /** How many connections it has accepted so far. */
  connections(): number;
  stop(): Promise<void>;
}

const program = "/usr/sbin/sshd";

/** Why there can be no sshd here; undefined when there can. */
export const missingSshd = existsSync(program) ? undefined : "openssh-server is not installed";

export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-sshd-"));
  for (const name of ["host", "user", "other"]) {
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path.join(folder, name)]);
  }
  const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
  writeFileSync(path.join(folder, "authorized"), read("user.pub"));
  chmodSync(path.join(folder, "authorized"), 0o600);
  mkdirSync("/run/sshd", { recursive: true }); // sshd wants it when it runs as root
  const port = await freePort();
  const settings = {
    ListenAddress: `127.0.0.1:${port}`,
    HostKey: path.join(folder, "host"),
    AuthorizedKeysFile: path.join(folder, "authorized"),
    PermitRootLogin: "yes",
    PasswordAuthentication: "no",
    AcceptEnv: "LC_* PULUMI_COMMAND_STDOUT",
    StrictModes: "no",
    PidFile: "none",
    UsePAM: "no",
    MaxStartups: "100",
    LogLevel: "VERBOSE",
    Subsystem: "sftp internal-sftp",
  };
  const file = path.join(folder, "sshd_config");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key} ${value}\n`)
      .join(""),
  );
  const child = spawn(program, ["-D", "-e", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  await answering(port, () => log);
  return {
    port,
    user: userInfo().username,
    privateKey: read("user"),
    hostKey: read("host.pub").trim(),
    otherHostKey: read("other.pub").trim(),
    connections: () => log.match(/^Accepted publickey/gm)?.length ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.on("exit", () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.kill();
      }),
  };
}

/** A loopback port on which nothing listens at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function answering(port: number, log: () => string): Promise<void> {
  for (const deadline = Date.now() + 5000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await accepts(port)) return;
    if (Date.now() > deadline) throw new Error(`sshd doesn't answer on port ${port}:\n${log()}`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
