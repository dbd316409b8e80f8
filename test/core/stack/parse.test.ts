import fc from "fast-check";
import { StackError, showPath } from "../../../core/finding";
import { parseStackText, readStackFile } from "../../../core/stack/file";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { sections, stackSchema } from "../../../core/stack/schema";
import { smallest } from "../../support/stacks";
import { everywhere, whole, withValue } from "../../support/wholeStack";

const named = everywhere.map((path) => ({ place: showPath(path), path }));

test("the stack of all keys uses them all, and has no finding", () => {
  expect(Object.keys(whole).sort()).toEqual([...sections].sort());
  for (const section of sections) {
    if (section === "nodes") continue;
    const known = Object.keys((stackSchema.shape as Record<string, unknown> & typeof stackSchema.shape)[section as "dns"].unwrap().shape);
    const secrets = ["kubeconfigSecret", "privateKey"];
    expect(Object.keys(whole[section as keyof typeof whole])).toEqual(known.filter((key) => !secrets.includes(key)));
  }
  expect(parseStack(whole).findings).toEqual([]);
});

describe("one mistake at one place is one finding there, with a mend", () => {
  test.each(named)("a value of another type at $place", ({ path }) => {
    const broken = withValue(whole, path, (parent, step) => {
      parent[step] = typeof parent[step] === "object" ? true : { surprise: true };
    });
    const { stack, findings } = parseStack(broken);
    expect(stack).toBeUndefined();
    expect(findings.map(({ severity, path: place }) => ({ severity, place: showPath(place) }))).toEqual([
      { severity: "error", place: expect.stringMatching(new RegExp(`^${showPath(path).replaceAll(/[[\].]/g, "\\$&")}(\\.surprise)?$`)) },
    ]);
    expect(findings[0]?.mend).toMatch(/^[A-Z`].{4}/);
  });

  const mappings = named.filter(({ path }) => {
    const value = path.reduce<unknown>((parent, step) => (parent as Record<string | number, unknown>)[step], whole);
    // The names of feature gates are Kubernetes', the keys of annotations and labels the user's, those of sysctls the kernel's.
    return (
      value !== null &&
      typeof value === "object" &&
      !Array.isArray(value) &&
      !["featureGates", "annotations", "matchLabels", "sysctls"].includes(String(path.at(-1)))
    );
  });
  test.each(mappings)("an unknown key in $place", ({ path }) => {
    const broken = withValue(whole, [...path, "zzzzzzzz"], (parent, step) => {
      parent[step] = 1;
    });
    expect(parseStack(broken).findings).toEqual([
      {
        severity: "error",
        path: [...path, "zzzzzzzz"],
        message: "is not a known key.",
        mend: expect.stringMatching(/^Known here: .*\.$/),
      },
    ]);
  });
});

test("any value at any place gives findings that make sense, and never an exception", () => {
  const change = fc.record({ path: fc.constantFrom(...everywhere), value: fc.anything({ withNullPrototype: false }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const input = changes.reduce<unknown>((stack, { path, value }) => {
        try {
          return withValue(stack, path, (parent, step) => {
            parent[step] = value;
          });
        } catch {
          return stack; // An earlier change took the place away.
        }
      }, whole);
      const { stack, findings } = parseStack(input);
      expect(stack === undefined).toBe(findings.some(({ severity }) => severity === "error"));
      for (const { message, mend } of findings) {
        expect(typeof message).toBe("string");
        expect(mend).toMatch(/^[A-Z`]/);
        expect(`${message} ${mend}`).not.toMatch(/undefined|\[object|Invalid|pattern|NaN\b.*NaN|Too (small|big)/);
      }
    }),
    { numRuns: 200 },
  );
}, 30_000);

test("any text as a file gives findings with a place, and never an exception", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "config:",
      "  plumbline:nodes:",
      "  - name: a",
      "    address: 10.0.0.1",
      "  plumbline:ssh: { agent: true }",
      "  <<: *a",
      "&a x",
      "---",
      "\t",
      "!!binary x",
      "? [a]: b",
      "'",
      "{",
      "__proto__: 1",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (text) => {
      for (const finding of parseStackText(text.join("\n")).findings) {
        expect(finding.line).toBeGreaterThan(0);
        expect(finding.column).toBeGreaterThan(0);
        expect(finding.mend).not.toBe("");
      }
    }),
    { numRuns: 200 },
  );
}, 30_000);

describe("the smallest stack", () => {
  test("works with the documented defaults", () => {
    const { stack, findings } = parseStack(smallest);
    expect(findings).toEqual([]);
    expect(JSON.parse(JSON.stringify(stack))).toEqual({
      cluster: {
        name: "kubernetes",
        kubernetes: "1.34",
        domain: "cluster.local",
        apiServerPort: 6443,
        podCIDRs: ["10.244.0.0/16"],
        serviceCIDRs: ["10.96.0.0/12"],
        additionalServiceCIDRs: [],
        nodeMaskSizes: [],
        podPools: [],
        reservedPodCIDRs: [],
        maxPods: 110,
        mtu: 1500,
        nodeCIDRs: [],
        reserved: [],
        loadBalancerPools: [],
      },
      nodes: [
        { name: "cp1", roles: ["control-plane", "etcd"], address: ["192.168.0.20"], podCIDRs: [], podMaskSizes: [], ssh: {}, host: {} },
        { name: "w1", roles: ["worker"], address: ["192.168.0.21"], podCIDRs: [], podMaskSizes: [], ssh: {}, host: {} },
      ],
      ssh: { user: "root", port: 22, knownHosts: "~/.ssh/known_hosts", privateKeyFile: "id", agent: false },
      firewall: { mode: "enforce", backend: "auto", admin: [], allow: [] },
      cni: {
        provider: "bridge",
        confDir: "/etc/cni/net.d",
        bridge: { name: "cni0", gateways: [] },
        vxlan: { port: 4789, vni: 1 },
        flannel: { backend: "vxlan", vni: 1, directRouting: false, image: "ghcr.io/flannel-io/flannel:v0.28.10" },
        calico: {
          version: "v3.31.4",
          encapsulation: "VXLAN",
          blockSizes: [],
          natOutgoing: true,
          wireguard: false,
          asNumber: 64512,
          bgpPeers: [],
        },
        cilium: {
          version: "1.19.6",
          routing: "vxlan",
          kubeProxyReplacement: false,
          wireguard: false,
          hubble: true,
          hostFirewall: false,
          exclusive: false,
        },
        custom: {
          name: "custom",
          installs: [],
          flows: [],
          layers: [],
          ranges: [],
          nodeRanges: true,
          routes: false,
          masquerade: "outside",
          modules: [],
          files: [],
          manifests: [],
        },
        takeover: false,
      },
      proxy: {
        mode: "iptables",
        runs: "daemonset",
        host: { binary: "/usr/local/bin/kube-proxy", kubeconfig: "/etc/kubernetes/kube-proxy.conf" },
        nodePorts: { from: 30000, to: 32767 },
        nodePortAddresses: [],
        externalIPs: [],
        healthCheckers: [],
        detectLocalMode: "ClusterCIDR",
        ipvs: { scheduler: "rr" },
      },
      dns: {
        upstream: ["/etc/resolv.conf"],
        zones: [],
        hosts: [],
        policy: "random",
        rewrites: [],
        podRecords: "insecure",
        autopath: false,
        ttl: 30,
        cache: 30,
        log: false,
        disruptionBudget: false,
        trial: true,
        overwrite: false,
        service: "kube-dns",
        serviceAddresses: [],
        nodeLocal: false,
        nodeLocalAddresses: [],
        kubelet: "manage",
        acknowledgeDomainChange: false,
      },
      loadBalancer: {
        provider: "none",
        metallb: { version: "v0.15.2", announce: "layer2", asNumber: 64512, bgpPeers: [] },
        kubeVip: { version: "v1.0.0", cloudProvider: "v0.0.12", announce: "layer2", asNumber: 64512, bgpPeers: [] },
      },
      ingress: { controllers: [], rules: [], gatewayAPI: false, gateways: [], httpRoutes: [], tlsRoutes: [], referenceGrants: [] },
      host: {},
      rollout: { canary: 1, batch: "25%", confirmTimeout: 60 },
      verify: { image: "registry.k8s.io/e2e-test-images/agnhost:2.53" },
    });
  });

  test("is the same from a file", () => {
    const file = JSON.stringify({ config: { "plumbline:nodes": smallest.nodes, "plumbline:ssh": smallest.ssh, "aws:region": "x" } });
    expect(parseStackText(file)).toEqual(parseStack(smallest));
  });
});

test.each([null, undefined, 5, "text", [], {}])("%j instead of a stack is refused", (input) => {
  const { stack, findings } = parseStack(input);
  expect(stack).toBeUndefined();
  expect(findings).not.toEqual([]);
});

test("a stack with mistakes is refused with all of them, and the file's name", () => {
  const parsed = parseStackText("config:\n  plumbline:ssh: { agent: 1 }\n");
  expect(() => requireStack(parsed, "stacks/Pulumi.x.yaml")).toThrow(StackError);
  expect(() => requireStack(parsed, "stacks/Pulumi.x.yaml")).toThrow(
    [
      "stacks/Pulumi.x.yaml:2:3  nodes: is missing.\n  Write for example plumbline:nodes: [{ name: w1, address: 192.168.1.20 }]",
      "stacks/Pulumi.x.yaml:2:20  ssh.agent: found 1, expected true or false.\n  Write for example agent: false",
    ].join("\n"),
  );
});

test("a file that isn't there is named", () => {
  expect(() => readStackFile("stacks/Pulumi.none.yaml")).toThrow(
    "stacks/Pulumi.none.yaml can't be read (ENOENT). Name a stack of stacks/ or a file with --stack.",
  );
});

test("a hundred nodes that refer to one anchor are no problem", () => {
  const nodes = Array.from({ length: 150 }, (_, index) => `    - { name: w${index}, address: 192.168.1.${index}, ssh: *login }`);
  const text = [
    "config:",
    "  plumbline:cluster: { podCIDRs: [10.240.0.0/13] }",
    "  plumbline:ssh: { agent: true }",
    "  plumbline:nodes:",
    "    - { name: cp1, roles: [control-plane, etcd], address: 192.168.1.200, ssh: &login { user: ops } }",
    ...nodes,
  ].join("\n");
  expect(parseStackText(text).findings).toEqual([]);
});
