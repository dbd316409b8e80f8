import { renderBundle } from "../../../components/node/bundle";
import { partFindings, planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { showPeer, showPorts } from "../../../core/flow";
import { parseStack, requireStack } from "../../../core/stack/parse";
import type { StackInput } from "../../../core/stack/schema";
import { smallest } from "../../support/stacks";

type Custom = NonNullable<NonNullable<StackInput["cni"]>["custom"]>;

/** A placeholder of the user's files. */
const own = (name: string) => `\${${name}}`;
const ptp = { type: "ptp", mtu: own("MTU"), ipam: { type: "host-local", subnet: own("POD_CIDR"), routes: [{ dst: "0.0.0.0/0" }] } };
const list = (...plugins: object[]) => ({ cniVersion: "1.0.0", name: "pods", plugins });

const inputOf = (custom: Custom, sections: Partial<StackInput> = {}) => ({ ...smallest, ...sections, cni: { provider: "custom", custom } });

const planOf = (custom: Custom, sections?: Partial<StackInput>) =>
  planNetwork(requireStack(parseStack(inputOf(custom, sections), undefined, partFindings)));

const findingsOf = (custom: Custom, sections?: Partial<StackInput>) =>
  parseStack(inputOf(custom, sections), undefined, partFindings).findings.map((finding) => showFinding(finding));

/** What a host gets, without the firewall's table. */
function bundle(custom: Custom, name = "w1"): string[] {
  const plan = planOf(custom);
  const node = plan.nodes.find((one) => one.name === name);
  if (!node) throw new Error(`no node ${name}`);
  const items = plan.hostItems(node).filter(({ kind }) => kind !== "nftables" && kind !== "probe");
  return renderBundle({ node: name, confirmTimeoutSeconds: 60, items }).trimEnd().split("\n");
}

describe("a configuration of one's own", () => {
  test("each host gets it with its own values, and needs its plugins", () => {
    const text = bundle({ conflist: list(ptp), layers: [{ name: "MACsec", ipv4: 32, ipv6: 32 }] });
    expect(text.filter((line) => line.startsWith("require cni"))).toEqual([
      "require cni-conf-dir /etc/cni/net.d",
      "require cni-plugin host-local",
      "require cni-plugin loopback",
      "require cni-plugin ptp",
      "require cni-winner /etc/cni/net.d/10-plumbline.conflist",
    ]);
    const file = text.indexOf("file 0644 /etc/cni/net.d/10-plumbline.conflist");
    const json = text.slice(file + 1, text.indexOf("| }", file) + 1);
    expect(JSON.parse(json.map((line) => line.slice(2)).join("\n"))).toEqual(
      list({ ...ptp, mtu: 1468, ipam: { ...ptp.ipam, subnet: "10.244.21.0/24" } }),
    );
  });

  test("dhcp brings its daemon along, with its socket; none brings none", () => {
    const macvlan = (ipam: object) => list({ type: "macvlan", master: "eth0", mtu: own("MTU"), ipam });
    const services = (ipam: object) =>
      bundle({ conflist: macvlan(ipam), nodeRanges: false }).filter((line) => /dhcp|pods\.sock/.test(line) && !/"/.test(line));
    expect(services({ type: "static", addresses: [{ address: "10.244.0.9/24" }] })).toEqual([]);
    expect(services({ type: "dhcp", daemonSocketPath: "/run/pods.sock" })).toEqual([
      "require cni-plugin dhcp",
      "file 0644 /etc/systemd/system/cni-dhcp.service",
      "| Description=Pods' DHCP leases (CNI plugin dhcp)",
      "| Requires=cni-dhcp.socket",
      "| After=cni-dhcp.socket network.target",
      "| ExecStart=/bin/sh -c 'exec dhcp daemon'",
      "file 0644 /etc/systemd/system/cni-dhcp.socket",
      "| Description=Requests for pods' DHCP leases (CNI plugin dhcp)",
      "| ListenStream=/run/pods.sock",
      "service cni-dhcp.service /etc/systemd/system/cni-dhcp.service /etc/systemd/system/cni-dhcp.socket",
      "service cni-dhcp.socket /etc/systemd/system/cni-dhcp.socket",
    ]);
  });

  test("the daemon's units can't be files of the stack too", () => {
    const conflist = list({ type: "macvlan", master: "eth0", mtu: own("MTU"), ipam: { type: "dhcp" } });
    const files = [{ path: "/etc/systemd/system/cni-dhcp.service", content: "[Service]\n" }];
    expect(findingsOf({ conflist, nodeRanges: false, files })).toEqual([
      "cni.custom.files[0].path: /etc/systemd/system/cni-dhcp.service is Plumbline's own, for the daemon of dhcp.\n  Leave it out.",
    ]);
    expect(findingsOf({ conflist: list(ptp), files })).toEqual([]);
  });

  test("the bytes of a file stay as they are, but for the values", () => {
    const text = `{"cniVersion": "1.0.0", "name": "pods",\n "plugins": [{"type": "noop", "at": "${own("NODE_NAME")} ${own("NODE_IP")} ${own("POD_CIDR_IPV4")}", "mtu": ${own("MTU")}}]}`;
    expect(bundle({ conflist: { file: "pods.conflist", text }, confFile: "05-noop.conflist" })).toEqual(
      expect.arrayContaining([
        "file 0644 /etc/cni/net.d/05-noop.conflist",
        '| {"cniVersion": "1.0.0", "name": "pods",',
        '|  "plugins": [{"type": "noop", "at": "w1 192.168.0.21 10.244.21.0/24", "mtu": 1500}]}',
      ]),
    );
  });

  test("what the network's own pods bring isn't asked for", () => {
    const agent = { type: "antrea", ipam: { type: "host-local" } };
    expect(bundle({ conflist: list(agent), installs: ["antrea"] }).filter((line) => line.includes("cni-plugin"))).toEqual([
      "require cni-plugin host-local",
      "require cni-plugin loopback",
    ]);
    expect(bundle({ confFile: "10-antrea.conflist" }).filter((line) => /cni-plugin|^file .*net.d/.test(line))).toEqual([]);
  });

  test("files, modules, kernel and routes", () => {
    const text = bundle({
      confFile: "10-x.conflist",
      routes: true,
      kernel: "5.6",
      modules: ["openvswitch"],
      files: [{ path: "/etc/x/node", mode: "0600", content: `node ${own("NODE_NAME")} ${own("HOME")}` }],
    });
    expect(text).toEqual(
      expect.arrayContaining([
        "require kernel-module openvswitch",
        "require kernel-version 5.6",
        "file 0600 /etc/x/node",
        `| node w1 ${own("HOME")}`,
        "route 10.244.20.0/24 via 192.168.0.20",
      ]),
    );
  });
});

test("flows open the firewall, and nothing else", () => {
  const { flows } = planOf({
    name: "kube-router",
    conflist: list(ptp),
    flows: [
      { tcp: [179], why: "BGP" },
      { from: "10.9.0.1/32", to: "w1", protocols: ["ipip"], udp: [6081, "7000-7010"], why: "edge" },
    ],
  });
  expect(
    flows
      .filter(({ part }) => part === "cni/custom")
      .map(({ from, to, protocol, ports, why }) => [showPeer(from), showPeer(to), protocol, showPorts(ports), why]),
  ).toEqual([
    ["pods", "pods", "any", "all", "pods reach pods"],
    ["nodes", "pods", "any", "all", "nodes reach pods: probes, webhooks, services"],
    ["nodes", "nodes", "tcp", "179", "kube-router: BGP"],
    ["10.9.0.1/32", "w1", "udp", "6081,7000-7010", "kube-router: edge"],
    ["10.9.0.1/32", "w1", "ipip", "all", "kube-router: edge"],
  ]);
});

test.each([
  ["outside", true, [["10.244.21.0/24", false]]],
  ["outside-and-nodes", true, [["10.244.21.0/24", true]]],
  ["outside", false, [["10.244.0.0/16", false]]],
  ["none", true, []],
] as const)("masquerade %s, with node ranges: %s", (masquerade, nodeRanges, expected) => {
  const plan = planOf({ confFile: "10-x.conflist", masquerade, nodeRanges });
  const [, w1] = plan.nodes;
  if (!w1) throw new Error("no w1");
  expect(plan.parts.flatMap((part) => part.masquerade?.(w1) ?? []).map(({ from, towardsNodes }) => [String(from), towardsNodes])).toEqual(
    expected,
  );
});

test("objects of files and of the stack, in the order in which they are written, before all others", () => {
  const object = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { name } });
  const plan = planOf({
    confFile: "10-x.conflist",
    manifests: [
      {
        file: "crds.yaml",
        text: "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n",
      },
      object("Secret", "z"),
    ],
  });
  expect(plan.manifests.filter(({ part }) => part === "cni/custom").map(({ object: one }) => one)).toEqual([
    object("Namespace", "x"),
    object("ConfigMap", "two"),
    object("Secret", "z"),
  ]);
  expect(plan.parts.find(({ name }) => name === "cni/custom")?.connectsPods).toBe(true);
});

test("every mistake at once, each with its place in the stack, the file or the text", () => {
  const broken = list({ ...ptp, mtu: 1500 }, { type: "portmapp" });
  expect(
    findingsOf(
      {
        conflist: broken,
        layers: [{ name: "VXLAN", ipv4: 50 }],
        ranges: [{ name: "join", cidr: "10.244.7.0/24" }],
        flows: [{ from: "w7", tcp: [179], why: "BGP" }],
        files: [
          { path: "/etc/x", content: { file: "x.conf" } },
          { path: "/etc/x", content: "bell\u0007" },
        ],
        manifests: [{ file: "no.yaml" }, { file: "all.yaml", text: "a: [\n" }, { file: "one.yaml", text: "---\nkind: Secret\n" }],
      },
      { proxy: { mode: "userspace" as "iptables" } },
    ),
  ).toEqual([
    'proxy.mode: "userspace" can\'t be used.\n  Kubernetes removed the userspace mode in 1.26. Write iptables, or nftables (kernel 5.13, Kubernetes 1.31).',
    "cluster.podCIDRs[0]: 10.244.0.0/16 overlaps cni.custom.ranges[0] 10.244.7.0/24.\n  Give pods a range of their own, for example 10.32.0.0/16.",
    'cni.custom.flows[0].from: "w7" is neither a group nor a node.\n  Did you mean w1?',
    'cni.custom.conflist.plugins[1].type: there is no plugin "portmapp": the runtime finds no program of that name.\n  Did you mean "portmap"?',
    'cni.custom.conflist.plugins[0].mtu: 1500 bytes don\'t fit: pods\' packets have 1450.\n  Write "mtu": "' +
      own("MTU") +
      '", which is filled in.',
    "cni.custom.files[0].content.file: x.conf can't be read.\n  Write the file's path from the stack file's folder.",
    'cni.custom.files[1].content: has the unprintable character "\\u0007".\n  Write text of printable characters and newlines.',
    "cni.custom.files[1].path: /etc/x is written twice.\n  Write one of the two.",
    "cni.custom.manifests[0].file: no.yaml can't be read.\n  Write the file's path from the stack file's folder.",
    "cni.custom.manifests[1]: all.yaml:2:1: comes while a bracket above is still open.\n  Close the bracket { or [ of the lines above.",
    "cni.custom.manifests[2]: one.yaml:2:1: is no Kubernetes object: it has no apiVersion, kind or metadata.name.\n  Write all three.",
  ]);
});
