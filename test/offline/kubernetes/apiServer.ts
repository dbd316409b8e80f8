import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../../offline/kubernetes/client";
import { Cluster } from "../../../offline/kubernetes/cluster";
import { connect } from "../../../offline/kubernetes/kubeconfig";
import { cacheFolder } from "../../../setup/paths";

/** A real API server with its store and its controllers on loopback, but no nodes: what kubelets would do, tests do to the status. */
export interface ApiServer {
  readonly kubeconfig: string;
  /** A second way in, independent of the provider's session. */
  readonly cluster: Cluster;
}

/** The lab's Kubernetes programs in one, from the cache; undefined while they aren't built. */
function findProgram(): string | undefined {
  const folder = existsSync(cacheFolder())
    ? readdirSync(cacheFolder()).find((name) => /^kubernetes-v[^.]+\.[^.]+\.[^.]+-[0-9a-f]+$/.test(name))
    : undefined;
  return folder && path.join(cacheFolder(), folder, "kubernetes");
}

const program = findProgram();

/**
 * A group of tests with an API server of their own, from before their first `beforeAll` to after their last `afterAll`. Skipped, with the reason, where there can
 * be none.
 */
export function describeWithApiServer(name: string, tests: (server: ApiServer) => void): void {
  if (program === undefined) {
    test.skip(`${name} (skipped: the lab's Kubernetes programs are not built yet; \`plumbline lab up\` builds them)`, () => undefined);
    return;
  }
  // A busy machine's API server takes its time.
  jest.setTimeout(120_000);
  describe(name, () => {
    // Tests are told of it before it runs.
    const server = {} as ApiServer;
    let stop: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      const { stop: end, ...running } = await startApiServer();
      stop = end;
      Object.assign(server, running);
    }, 60_000);
    tests(server);
    afterAll(() => stop?.());
  });
}

async function startApiServer(): Promise<ApiServer & { stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-kube-"));
  const running: ChildProcess[] = [];
  const start = (name: string, flags: { [name: string]: string }) => {
    symlinkSync(String(program), path.join(folder, name));
    const log = openSync(path.join(folder, `${name}.log`), "w");
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    running.push(spawn(path.join(folder, name), args, { stdio: ["ignore", log, log] }));
  };
  const stop = async () => {
    await Promise.all(running.reverse().map(end));
    rmSync(folder, { recursive: true });
  };

  const [clients, peers, api] = [await freePort(), await freePort(), await freePort()];
  const etcd = `http://127.0.0.1:${clients}`;
  const etcdPeers = `http://127.0.0.1:${peers}`;
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const write = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const kubeconfig = write("kubeconfig", kubeconfigFor(api, path.join(folder, "certs", "apiserver.crt")));

  start("etcd", {
    "data-dir": path.join(folder, "data"),
    "listen-client-urls": etcd,
    "advertise-client-urls": etcd,
    "listen-peer-urls": etcdPeers,
    "initial-advertise-peer-urls": etcdPeers,
    "initial-cluster": `default=${etcdPeers}`,
    "unsafe-no-fsync": "true",
  });
  start("kube-apiserver", {
    "etcd-servers": etcd,
    "secure-port": String(api),
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "cert-dir": path.join(folder, "certs"),
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": write("sa.pub", keys.publicKey.export({ type: "spki", format: "pem" }).toString()),
    "service-account-signing-key-file": write("sa.key", keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    "token-auth-file": write("tokens.csv", `${token},admin,admin,"system:masters"\n`),
    "authorization-mode": "RBAC",
    // As kubeadm has it: pod networks' pods are privileged.
    "allow-privileged": "true",
    "service-cluster-ip-range": "10.96.0.0/16",
  });
  try {
    const cluster = await answering(kubeconfig);
    start("kube-controller-manager", {
      kubeconfig,
      "leader-elect": "false",
      "service-account-private-key-file": path.join(folder, "sa.key"),
      "secure-port": "0",
    });
    return { kubeconfig: readFileSync(kubeconfig, "utf8"), cluster, stop };
  } catch (error) {
    const log = readFileSync(path.join(folder, "kube-apiserver.log"), "utf8").slice(-2000);
    await stop();
    throw new Error(`the API server did not start:\n${log}`, { cause: error });
  }
}

const token = "test-admin";

function kubeconfigFor(port: number, ca: string): string {
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority": ca };
  return JSON.stringify({
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    clusters: [{ name: "test", cluster }],
    users: [{ name: "admin", user: { token } }],
  });
}

/** Waits until the API server has its certificate and its own namespaces. */
async function answering(kubeconfig: string): Promise<Cluster> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      const cluster = new Cluster(new Client(connect(kubeconfig, {})));
      if (await cluster.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } })) return cluster;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(100);
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.kill("SIGKILL");
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
