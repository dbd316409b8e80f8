import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { missingAccess, outsideAccess, requireComplete, resolvePath, sshAccess } from "../../../components/node/access";
import type { StackInput, StackNode } from "../../../core/stack/schema";
import { smallest, stackWith } from "../../support/stacks";

const socket = process.env.SSH_AUTH_SOCK;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-access-"));
  writeFileSync(
    path.join(folder, "known_hosts"),
    "192.168.0.20 ssh-ed25519 AAAAcp1\n[192.168.0.21]:2222 ssh-ed25519 AAAAw1\njump.example ssh-ed25519 AAAAjump\n192.168.0.9 ssh-ed25519 AAAAclient\n",
  );
  writeFileSync(path.join(folder, "id"), "PRIVATE\n");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (socket === undefined) delete process.env.SSH_AUTH_SOCK;
  else process.env.SSH_AUTH_SOCK = socket;
});

function access(ssh: StackInput["ssh"], node = 0, privateKey?: string) {
  const stack = stackWith({ ssh: { knownHosts: "known_hosts", ...ssh } });
  return sshAccess(stack, stack.nodes[node] as StackNode, { baseDirectory: folder, ...(privateKey ? { privateKey } : {}) });
}

test("paths start from the stack file's folder, or from the home folder", () => {
  expect(resolvePath("../.lab/id", "/project/stacks")).toBe("/project/.lab/id");
  expect(resolvePath("/etc/key", "/project/stacks")).toBe("/etc/key");
  expect(resolvePath("~/.ssh/id", "/project/stacks")).toBe(path.join(homedir(), ".ssh/id"));
});

test("a node is reached at its address with the stack's user, port and key", () => {
  expect(access({ user: "ops", privateKeyFile: "id" })).toEqual({
    host: "192.168.0.20",
    port: 22,
    user: "ops",
    hostKey: "ssh-ed25519 AAAAcp1",
    privateKey: "PRIVATE\n",
  });
});

test("the node's own settings win, and the known key is looked up with them", () => {
  const stack = stackWith({
    nodes: [
      smallest.nodes[0] as (typeof smallest.nodes)[0],
      { name: "w1", address: "10.0.0.21", ssh: { host: "192.168.0.21", port: 2222, user: "admin" } },
    ],
    ssh: { user: "ops", knownHosts: "known_hosts", privateKeyFile: "id" },
  });
  expect(sshAccess(stack, stack.nodes[1] as StackNode, { baseDirectory: folder })).toEqual({
    host: "192.168.0.21",
    port: 2222,
    user: "admin",
    hostKey: "ssh-ed25519 AAAAw1",
    privateKey: "PRIVATE\n",
  });
});

test("a host key in the stack wins over known_hosts", () => {
  const stack = stackWith({
    nodes: [{ ...smallest.nodes[0], ssh: { hostKey: "ssh-ed25519 AAAAstack" } }],
    ssh: { knownHosts: "known_hosts", privateKeyFile: "id" },
  } as Partial<StackInput>);
  expect(sshAccess(stack, stack.nodes[0] as StackNode, { baseDirectory: folder }).hostKey).toBe("ssh-ed25519 AAAAstack");
});

test("the bastion has a port and a key of its own, and the stack's user unless it names one", () => {
  expect(access({ user: "ops", port: 2222, privateKeyFile: "id", bastion: { host: "jump.example" } }).bastion).toEqual({
    host: "jump.example",
    port: 22,
    user: "ops",
    hostKey: "ssh-ed25519 AAAAjump",
  });
});

test("the key may come decrypted from Pulumi, or from the agent", () => {
  expect(access({ privateKey: { secure: "v1:x" } }, 0, "DECRYPTED").privateKey).toBe("DECRYPTED");
  expect(access({ privateKey: { secure: "v1:x" } }).privateKey).toBeUndefined();
  process.env.SSH_AUTH_SOCK = "/run/agent";
  expect(access({ agent: true }).agentSocketPath).toBe("/run/agent");
  expect(access({ privateKeyFile: "id" }).agentSocketPath).toBeUndefined();
});

test("the host that plays the client is reached like a node", () => {
  const stack = stackWith({
    ssh: { user: "ops", knownHosts: "known_hosts", privateKeyFile: "id" },
    verify: { outside: { name: "client", address: "192.168.0.9" } },
  });
  expect(outsideAccess(stack, { baseDirectory: folder })).toEqual({
    host: "192.168.0.9",
    port: 22,
    user: "ops",
    hostKey: "ssh-ed25519 AAAAclient",
    privateKey: "PRIVATE\n",
  });
  expect(outsideAccess(stackWith({}), { baseDirectory: folder })).toBeUndefined();
});

test("what is missing is said in words, for all nodes at once, each thing once", () => {
  delete process.env.SSH_AUTH_SOCK;
  const stack = stackWith({ ssh: { knownHosts: "none", privateKeyFile: "none", bastion: { host: "jump.example" } } });
  const accesses = stack.nodes.map((node) => ({ node: node.name, access: sshAccess(stack, node, { baseDirectory: folder }) }));
  expect(() => requireComplete(stack, accesses)).toThrow(
    [
      "cp1: no host key for 192.168.0.20 port 22 in none: run `plumbline adopt`, or `ssh` there once and compare the key.",
      "cp1, w1: no host key for jump.example port 22 in none: run `plumbline adopt`, or `ssh` there once and compare the key.",
      "cp1, w1: the private key none can't be read.",
      "w1: no host key for 192.168.0.21 port 22 in none: run `plumbline adopt`, or `ssh` there once and compare the key.",
    ].join("\n"),
  );
  const agent = stackWith({ ssh: { knownHosts: "known_hosts", agent: true } });
  expect(missingAccess(sshAccess(agent, agent.nodes[0] as StackNode, { baseDirectory: folder }), agent)).toEqual([
    "ssh.agent is true, but SSH_AUTH_SOCK names no agent.",
  ]);
});

test("all that is needed, and nothing is missing", () => {
  const stack = stackWith({ ssh: { knownHosts: "known_hosts", privateKeyFile: "id" } });
  expect(missingAccess(sshAccess(stack, stack.nodes[0] as StackNode, { baseDirectory: folder }), stack)).toEqual([]);
});

test("a key file that is a folder is a mistake of the user's, not a crash", () => {
  mkdirSync(path.join(folder, "keys"));
  expect(() => access({ privateKeyFile: "keys" })).toThrow(`${path.join(folder, "keys")} can't be read (EISDIR).`);
});
