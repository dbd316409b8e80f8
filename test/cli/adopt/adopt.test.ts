import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { utils } from "ssh2";
import type { AdoptOptions } from "../../../cli/adopt";
import { adopt } from "../../../cli/adopt/adopt";
import { fingerprint } from "../../../cli/adopt/hostKeys";
import type { LiveCluster } from "../../../cli/adopt/live";
import { Address, Cidr } from "../../../core/cidr";
import { capture } from "../run";
import { type SshServer, startSshServer } from "./sshServer";

let folder = "";
let host: SshServer;
beforeAll(async () => {
  host = await startSshServer();
});
afterAll(() => host.stop());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-adopt-"));
  writeFileSync(path.join(folder, "kubeconfig"), "of the test\n");
  writeFileSync(path.join(folder, "id"), utils.generateKeyPairSync("ed25519").private);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cluster: LiveCluster = {
  kubernetes: "1.34",
  podCIDRs: [Cidr.parse("10.244.0.0/16")],
  serviceCIDRs: [Cidr.parse("10.96.0.0/16")],
  domain: "cluster.local",
  nodes: [
    { name: "cp1", roles: ["control-plane", "etcd"], addresses: [Address.parse("10.99.0.1")], podCIDRs: [Cidr.parse("10.244.0.0/24")] },
  ],
};

/** The node's address is like a real one's; SSH answers on loopback. */
const text = (ssh: string, node = "", atNode = "") => `# Kept.
config:
  plumbline:cluster: { kubeconfig: kubeconfig, serviceCIDRs: [10.96.0.0/12] }
  plumbline:nodes:
    - { name: cp1, roles: [control-plane, etcd], address: 10.99.0.1, ssh: { host: 127.0.0.1${atNode} }${node} }
  plumbline:ssh: { privateKeyFile: id, port: ${host.port}${ssh} }
`;

const stackFile = () => path.join(folder, "stack.yaml");
const read = () => readFileSync(stackFile(), "utf8");
const run = (options: Partial<AdoptOptions> = {}, live = cluster) =>
  capture(() =>
    adopt({ stack: stackFile(), ...options }, async (kubeconfig) => {
      expect(kubeconfig).toBe("of the test\n");
      return live;
    }),
  );

/** No known_hosts of the user's: one in the test's folder, by its absolute path. */
const elsewhere = () => `, knownHosts: ${path.join(folder, "none")}`;

test("shows first and writes nothing unasked", async () => {
  writeFileSync(stackFile(), text(elsewhere()));
  const before = read();
  expect(await run({ dryRun: true })).toEqual({
    code: 1,
    stdout: `${stackFile()}: what the cluster says
                      stack                     cluster
cluster.serviceCIDRs  10.96.0.0/12              10.96.0.0/16
nodes[0].podCIDRs     10.244.1.0/24 (computed)  10.244.0.0/24

${stackFile()}: host keys, on first use
Nobody has vouched for these keys yet. Compare them with what the hosts' consoles show:
ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub
host  at                    key          fingerprint
cp1   127.0.0.1 port ${host.port}  ssh-ed25519  ${fingerprint(host.keys["ssh-ed25519"])}

Nothing was written.
`,
    stderr: "",
  });
  expect(read()).toBe(before);
  expect(host.logins()).toBe(0);
});

test("--yes writes pins, ranges and host keys; a second run finds nothing and leaves the file alone", async () => {
  writeFileSync(stackFile(), text(elsewhere()));
  expect(await run({ yes: true })).toMatchObject({ code: 0, stderr: "" });
  expect(read()).toBe(
    text(elsewhere(), ", podCIDRs: [10.244.0.0/24]", `, hostKey: ${host.keys["ssh-ed25519"]}`).replace("10.96.0.0/12", "10.96.0.0/16"),
  );
  const written = read();
  expect(await run({ yes: true })).toEqual({
    code: 0,
    stdout: `${stackFile()} agrees with what was read; it was left as it is.\n`,
    stderr: "",
  });
  expect(read()).toBe(written);
  expect(readdirSync(folder).sort()).toEqual(["id", "kubeconfig", "stack.yaml"]);
});

test("a known_hosts file of the project's own gets the keys", async () => {
  writeFileSync(stackFile(), text(", knownHosts: known_hosts"));
  writeFileSync(path.join(folder, "known_hosts"), "other.example ssh-ed25519 AAAA");
  expect(await run({ yes: true })).toMatchObject({ code: 0 });
  expect(read()).not.toContain("hostKey");
  expect(readFileSync(path.join(folder, "known_hosts"), "utf8")).toBe(
    `other.example ssh-ed25519 AAAA\n[127.0.0.1]:${host.port} ${host.keys["ssh-ed25519"]}\n`,
  );
});

test("a key on record is compared by its own type", async () => {
  writeFileSync(stackFile(), text(elsewhere(), "", `, hostKey: "${host.keys["ssh-rsa"]} root@cp1"`));
  const { stdout } = await run({ json: true });
  expect(JSON.parse(stdout)).toMatchObject({ hostKeys: [], findings: [], written: false });
});

test("another key than the one on record is an error, and nothing is written", async () => {
  const other = utils.generateKeyPairSync("ed25519").public.trim();
  writeFileSync(stackFile(), text(elsewhere(), "", `, hostKey: ${other}`));
  const before = read();
  const { code, stdout } = await run({ yes: true, json: true });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    written: false,
    findings: [
      {
        severity: "error",
        path: "nodes[0].ssh.hostKey",
        line: 5,
        message: `cp1 (127.0.0.1 port ${host.port}) offers the key ${fingerprint(host.keys["ssh-ed25519"])}, but ${fingerprint(other)} is on record.`,
      },
    ],
  });
  expect(read()).toBe(before);
});

test("a host that doesn't answer is reported; what the cluster says is written all the same", async () => {
  const closed = await startSshServer();
  await closed.stop();
  writeFileSync(stackFile(), text(elsewhere(), "", `, port: ${closed.port}`));
  const { code, stdout } = await run({ yes: true, json: true });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    written: true,
    findings: [
      {
        severity: "warning",
        message: `the host key of cp1 (127.0.0.1 port ${closed.port}) wasn't read: connect ECONNREFUSED 127.0.0.1:${closed.port}.`,
      },
    ],
  });
});

test("through a bastion: its own key first, the hosts behind it when that is known", async () => {
  const bastion = await startSshServer();
  try {
    writeFileSync(stackFile(), text(`, knownHosts: known_hosts, bastion: { host: 127.0.0.1, port: ${bastion.port} }`));
    const first = await run({ yes: true, json: true });
    expect(first.code).toBe(1);
    expect(JSON.parse(first.stdout)).toMatchObject({
      hostKeys: [{ name: "bastion", key: bastion.keys["ssh-ed25519"] }],
      findings: [{ message: "isn't known yet, so nothing was asked of the hosts behind it." }],
      written: true,
    });
    expect(bastion.logins()).toBe(0);
    const second = await run({ yes: true, json: true });
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      hostKeys: [{ name: "cp1", key: host.keys["ssh-ed25519"] }],
      findings: [],
      written: true,
    });
    expect(bastion.logins()).toBe(1);
    expect(readFileSync(path.join(folder, "known_hosts"), "utf8").split("\n")).toHaveLength(3);
  } finally {
    await bastion.stop();
  }
});

test("a new stack file needs a kubeconfig and a login; the nodes come from the cluster, with what check says of them", async () => {
  const local = { ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, addresses: [Address.parse("127.0.0.1")] })) };
  writeFileSync(
    stackFile(),
    `config:\n  plumbline:cluster: { kubeconfig: kubeconfig }\n  plumbline:ssh: { privateKeyFile: id, port: ${host.port}, knownHosts: known_hosts }\n`,
  );
  const { code, stdout } = await run({ yes: true }, local);
  expect(read()).toBe(`config:
  plumbline:cluster: { kubeconfig: kubeconfig, serviceCIDRs: [10.96.0.0/16] }
  plumbline:ssh: { privateKeyFile: id, port: ${host.port}, knownHosts: known_hosts }
  plumbline:nodes:
    - { name: cp1, roles: [control-plane, etcd], address: 127.0.0.1, podCIDRs: [10.244.0.0/24] }
`);
  expect(code).toBe(1);
  expect(stdout).toContain("127.0.0.1/32 overlaps 127.0.0.0/8, loopback.");
  expect(stdout).toContain(`That is so in the cluster; the stack has to be mended, or the cluster.\nWritten: ${stackFile()} and `);
});

test("a stack file of the wrong form is refused with all its mistakes", async () => {
  writeFileSync(stackFile(), "config:\n  plumbline:nodes: [{ name: cp1, adress: 127.0.0.1 }]\n  plumbline:clutser: {}\n");
  await expect(run()).rejects.toThrow(/adress: is not a known key[\s\S]*clutser: is no section of a stack/);
});

test("a kubeconfig that isn't there", async () => {
  writeFileSync(stackFile(), text(elsewhere()));
  rmSync(path.join(folder, "kubeconfig"));
  await expect(run()).rejects.toThrow(
    `cluster.kubeconfig: ${path.join(folder, "kubeconfig")} doesn't exist. Copy the cluster's there; kubeadm writes /etc/kubernetes/admin.conf on the control plane.`,
  );
});
