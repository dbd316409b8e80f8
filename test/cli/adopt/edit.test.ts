import { editStack } from "../../../cli/adopt/edit";

const stack = `# Ours.
config:
  plumbline:cluster:
    name: prod   # for messages
    serviceCIDRs:
      - 10.96.0.0/12   # kubeadm's

  # The hosts.
  plumbline:nodes:
    - { name: cp1,  address: 10.0.0.1 }   # rack 1
    - name: w1
      address: 10.0.0.2
      ssh:
        port: 2222
    # the last one
  plumbline:ssh: {agent: true}
  "plumbline:proxy": {}
`;

test("no edits: not a letter changes", () => {
  expect(editStack(stack, [])).toBe(stack);
});

test("values are set where they belong; comments, order and layout stay", () => {
  const edited = editStack(stack, [
    { path: ["nodes", 0, "podCIDRs"], value: ["10.244.0.0/24", "fd00:10:244::/64"] },
    { path: ["nodes", 1, "podCIDRs"], value: ["10.244.1.0/24"] },
    { path: ["nodes", 1, "roles"], value: ["worker"] },
    { path: ["nodes", 1, "ssh", "hostKey"], value: "ssh-ed25519 AAAA+/x=" },
    { path: ["nodes", 0, "ssh", "hostKey"], value: "ssh-ed25519 BBBB" },
    { path: ["nodes", 2], value: { name: "w2", address: "10.0.0.3" } },
    { path: ["cluster", "serviceCIDRs"], value: ["10.97.0.0/16"] },
    { path: ["cluster", "kubernetes"], value: "1.30" },
    { path: ["proxy", "mode"], value: "nftables" },
    { path: ["dns", "cache"], value: 60 },
  ]);
  expect(edited).toBe(`# Ours.
config:
  plumbline:cluster:
    name: prod   # for messages
    serviceCIDRs: [10.97.0.0/16]   # kubeadm's
    kubernetes: "1.30"

  # The hosts.
  plumbline:nodes:
    - { name: cp1,  address: 10.0.0.1, podCIDRs: [10.244.0.0/24, "fd00:10:244::/64"], ssh: { hostKey: ssh-ed25519 BBBB } }   # rack 1
    - name: w1
      address: 10.0.0.2
      ssh:
        port: 2222
        hostKey: ssh-ed25519 AAAA+/x=
      podCIDRs: [10.244.1.0/24]
      roles: [worker]
    - { name: w2, address: 10.0.0.3 }
    # the last one
  plumbline:ssh: {agent: true}
  "plumbline:proxy": { mode: nftables }
  plumbline:dns: { cache: 60 }
`);
});

test("a file without nodes, without a newline at the end", () => {
  const edited = editStack("config:\n  plumbline:ssh: { agent: true }", [
    { path: ["nodes", 0], value: { name: "cp1", address: "10.0.0.1" } },
    { path: ["nodes", 1], value: { name: "w1", address: "10.0.0.2" } },
  ]);
  expect(edited).toBe(`config:
  plumbline:ssh: { agent: true }
  plumbline:nodes:
    - { name: cp1, address: 10.0.0.1 }
    - { name: w1, address: 10.0.0.2 }`);
});

test("keys without a value, and flow lists", () => {
  const edited = editStack("config:\n  plumbline:proxy:   # later\n  plumbline:nodes: [{name: a, address: 10.0.0.1}]\n", [
    { path: ["proxy", "mode"], value: "iptables" },
    { path: ["nodes", 0, "address"], value: "10.0.0.9" },
    { path: ["nodes", 1], value: { name: "b" } },
  ]);
  expect(edited).toBe(
    "config:\n  plumbline:proxy: { mode: iptables }   # later\n  plumbline:nodes: [{name: a, address: 10.0.0.9}, { name: b }]\n",
  );
});

test("a value that comes from a merge key is overridden, not changed for everybody", () => {
  const edited = editStack(
    "config:\n  plumbline:nodes:\n    - &one { name: a, ssh: { port: 1 }, address: 10.0.0.1 }\n    - { <<: *one, name: b }\n",
    [{ path: ["nodes", 1, "address"], value: "10.0.0.2" }],
  );
  expect(edited).toContain("- &one { name: a, ssh: { port: 1 }, address: 10.0.0.1 }\n    - { <<: *one, name: b, address: 10.0.0.2 }\n");
});

test("an element that is only an alias can't be changed", () => {
  const text = "config:\n  plumbline:nodes:\n    - &one { name: a, address: 10.0.0.1 }\n    - *one\n";
  expect(() => editStack(text, [{ path: ["nodes", 1, "address"], value: "10.0.0.2" }])).toThrow(
    "Number 1 of a list in the stack file is an alias or a single word, and can't be changed there. Write it out as a mapping.",
  );
});
