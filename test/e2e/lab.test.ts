import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { get } from "node:https";
import path from "node:path";
import { parse } from "yaml";
import { accessFolder, runFolder } from "../../lab/state";
import type { LabStatus } from "../../lab/status";
import { labHosts, numberedLab } from "../../lab/topology";
import { projectRoot } from "../../setup/paths";
import { attempt, type Outcome, run } from "../../setup/run";
import { lookAtMachine } from "./support/machine";
import { testLab } from "./support/testLab";

/**
 * The lab itself, on one of its own: the other tests change theirs, and this one takes it down.
 * The tests build on each other, from `lab up` to `lab down`.
 */
const lab = numberedLab(testLab.number + 50);
const hosts = labHosts(lab, { kind: "cluster" });
const access = (name: string) => path.join(accessFolder(lab), name);

function plumbline(...args: string[]): Promise<Outcome> {
  const env = { PLUMBLINE_LAB: String(lab.number), NO_COLOR: "1" };
  return attempt(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), ...args], { cwd: projectRoot, env });
}

/** What a command prints on a host. Throws when it fails. */
async function on(host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await plumbline("lab", "exec", host, "--", "sh", "-c", command);
  if (code !== 0) throw new Error(`${command} on ${host} ended with ${code}: ${stdout}${stderr}`);
  return stdout.trim();
}

/** ssh(1) as a user calls it, with the files of the access folder and nothing else. */
function ssh(user: string, address: string, command: string, ...options: string[]): Promise<Outcome> {
  const files = ["-F", "none", "-i", access("id"), "-o", `UserKnownHostsFile=${access("known_hosts")}`];
  return attempt("ssh", [...files, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", ...options, `${user}@${address}`, command]);
}

const bootTime = (host: string) => on(host, "stat -c %y /proc/1");

let before: ReturnType<typeof lookAtMachine>;
let sysctls: string;
const readSysctls = () => run("sysctl", ["vm.overcommit_memory", "kernel.panic", "kernel.panic_on_oops", "fs.inotify.max_user_instances"]);

beforeAll(async () => {
  await plumbline("lab", "down"); // Whatever a run that died has left.
  before = lookAtMachine(lab);
  sysctls = await readSysctls();
  const { code, stderr } = await plumbline("lab", "up");
  if (code !== 0) throw new Error(`plumbline lab up ended with ${code}:\n${stderr}`);
}, 360_000);
afterAll(() => plumbline("lab", "down"), 30_000);

test("the cluster is as kubeadm leaves it: no network for pods", async () => {
  const { code, stdout } = await plumbline("lab", "status", "--json");
  const status = JSON.parse(stdout) as LabStatus;
  expect(code).toBe(0);
  expect(status.nodes).toEqual([
    { name: "cp1", ready: false, podCIDR: "10.244.0.0/24" },
    { name: "w1", ready: false, podCIDR: "10.244.1.0/24" },
    { name: "w2", ready: false, podCIDR: "10.244.2.0/24" },
  ]);
  const pods = await on("cp1", "kubectl get pods -n kube-system -l k8s-app=kube-dns --no-headers -o custom-columns=:.status.phase");
  expect(pods.split("\n").map((phase) => phase.trim())).toEqual(["Pending", "Pending"]);
  const networks = await Promise.all(status.nodes.map((node) => on(node.name, "sudo ls -A /etc/cni/net.d; sudo nft list tables inet")));
  expect(networks).toEqual(["", "", ""]);
  const kubeProxy = await on("cp1", "kubectl get configmap kube-proxy -n kube-system -o 'jsonpath={.data.config\\.conf}'");
  expect(parse(kubeProxy)).toMatchObject({ mode: "", clusterCIDR: "10.244.0.0/16" });
}, 60_000);

test("the API server answers this machine with the published kubeconfig", async () => {
  const config = parse(readFileSync(access("kubeconfig"), "utf8"));
  const decode = (text: string) => Buffer.from(text, "base64");
  const [{ cluster }, { user }] = [config.clusters[0], config.users[0]];
  expect(cluster.server).toBe(`https://${lab.address(20)}:6443`);
  const version = await new Promise<string>((resolve, reject) => {
    const tls = {
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    };
    const request = get(`${cluster.server}/version`, tls, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => {
        text += part;
      });
      response.on("end", () => resolve(text));
    });
    request.on("error", reject);
  });
  expect(JSON.parse(version)).toMatchObject({ gitVersion: "v1.34.4" });
}, 60_000);

test("hosts show the keys that known_hosts has, let the key's holder in as ops with sudo, and nobody else", async () => {
  const scanned = await Promise.all(hosts.map(({ address }) => run("ssh-keyscan", ["-t", "ed25519", address])));
  const shown = scanned.flatMap((text) => text.split("\n").filter((line) => line && !line.startsWith("#")));
  expect(shown).toEqual(readFileSync(access("known_hosts"), "utf8").trim().split("\n"));
  expect(new Set(shown.map((line) => line.split(" ")[2])).size).toBe(hosts.length);
  expect(statSync(access("id")).mode & 0o777).toBe(0o600);
  for (const { name, address } of hosts) {
    const login = await ssh("ops", address, "id -un; hostname; sudo -n id -un");
    expect(login).toEqual({ code: 0, stdout: `ops\n${name}\nroot\n`, stderr: "" });
  }
  const [first] = hosts;
  const refused = { code: 255, stdout: "", stderr: expect.stringContaining("Permission denied (publickey)") };
  expect(await ssh("root", first?.address ?? "", "true")).toEqual(refused);
  expect(await ssh("ops", first?.address ?? "", "true", "-o", "PubkeyAuthentication=no")).toEqual(refused);
}, 60_000);

test("names of the outside resolve on the nodes, and nothing is forwarded out of the lab", async () => {
  expect(await on("w1", "curl -sS -m 5 http://www.outside.test/hostname")).toBe("client");
  expect(await on("w1", "getent hosts www.example.com || echo unknown")).toBe("unknown");
  expect(readFileSync(`/proc/sys/net/ipv4/conf/${lab.bridge}/forwarding`, "utf8")).toBe("0\n");
}, 60_000);

test("a host that reboots comes back by itself, with its files and its kubelet", async () => {
  const booted = await bootTime("w1");
  await on("w1", "echo kept | sudo tee /etc/marker; sudo systemctl --no-block reboot");
  await waitFor(async () => (await bootTime("w1")) !== booted, 30);
  expect(await on("w1", "cat /etc/marker")).toBe("kept");
  await waitFor(async () => (await on("w1", "systemctl is-active kubelet || true")) === "active", 30);
}, 180_000);

test("a second up changes nothing, and starts a host that was switched off", async () => {
  const booted = await Promise.all(hosts.map((host) => bootTime(host.name)));
  expect((await plumbline("lab", "up")).code).toBe(0);
  expect(await Promise.all(hosts.map((host) => bootTime(host.name)))).toEqual(booted);
  await on("w2", "sudo systemctl --no-block poweroff");
  await waitFor(async () => (await status("w2")) === "stopped", 30);
  expect((await plumbline("lab", "status")).code).toBe(1);
  expect((await plumbline("lab", "up")).code).toBe(0);
  expect(await status("w2")).toBe("running");
}, 180_000);

test("exec passes words and exit codes through, and names the hosts when there is none of that name", async () => {
  expect(await plumbline("lab", "exec", "client", "--", "printf", "%s|", "a  b", "$HOME", "it's")).toMatchObject({
    code: 0,
    stdout: "a  b|$HOME|it's|",
  });
  expect((await plumbline("lab", "exec", "client", "--", "sh", "-c", "exit 7")).code).toBe(7);
  expect(await plumbline("lab", "exec", "w9", "--", "true")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The lab has no host "w9". It has cp1, w1, w2, client.'),
  });
}, 60_000);

test("down leaves nothing, even of a lab that was killed half-way", async () => {
  expect((await plumbline("lab", "down")).code).toBe(0);
  expect(leftovers()).toEqual({ machine: before, files: [] });
  const up = spawn(process.execPath, [path.join(projectRoot, "bin", "plumbline.js"), "lab", "up"], {
    cwd: projectRoot,
    env: { ...process.env, PLUMBLINE_LAB: String(lab.number) },
    stdio: "ignore",
  });
  await waitFor(async () => lookAtMachine(lab).processes.some((process) => process.includes("systemd-nspawn")), 30);
  up.kill("SIGKILL");
  await once(up, "exit");
  expect(lookAtMachine(lab).processes.length).toBeGreaterThan(0);
  expect((await plumbline("lab", "down")).code).toBe(0);
  // What the killed one had begun to ask the hosts ends by itself (ConnectTimeout).
  await waitFor(async () => !lookAtMachine(lab).processes.some((process) => /^\d+ ssh /.test(process)), 30);
  expect(leftovers()).toEqual({ machine: before, files: [] });
  expect(await readSysctls()).toBe(sysctls);
}, 120_000);

function leftovers() {
  return { machine: lookAtMachine(lab), files: [runFolder(lab), accessFolder(lab)].filter((folder) => existsSync(folder)) };
}

async function status(host: string): Promise<string | undefined> {
  const { stdout } = await plumbline("lab", "status", "--json");
  return (JSON.parse(stdout) as LabStatus).hosts.find((each) => each.name === host)?.state;
}

/** Waits until the condition holds; not being able to find out counts as not yet. */
async function waitFor(condition: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
