import { nodeLocalCorefile } from "../../../components/dns/nodeLocal";
import { planNetwork } from "../../../components/plan";
import { stackWith } from "../../support/stacks";

type Sections = Parameters<typeof stackWith>[0];

const plan = (sections: Sections) => planNetwork(stackWith(sections));
const own = (sections: Sections) => plan(sections).parts.find(({ name }) => name === "dns/node-local");
const items = (sections: Sections) => {
  const whole = plan(sections);
  const [node] = whole.nodes;
  return node ? whole.hostItems(node) : [];
};
const settings = (sections: Sections) =>
  items(sections).flatMap((item) =>
    item.kind === "kubelet"
      ? [`${item.setting} ${item.value}`]
      : item.kind === "require" && item.what.startsWith("kubelet") && "value" in item
        ? [`require ${item.what} ${item.value}`]
        : [],
  );

test("without it there is nothing of it", () => {
  expect(own({})).toEqual({ name: "dns/node-local" });
  expect(settings({})).toEqual(["cluster-dns 10.96.0.10", "require kubelet-cluster-domain cluster.local", "resolv-conf loop-free"]);
});

test("a cache of cluster names, one of all others, and zones as they are cached elsewhere", () => {
  const zones = [
    { zone: "corp.example", forward: ["10.0.0.53"], cache: 0 },
    { zone: "lab.example", forward: ["10.0.0.53"] },
  ];
  expect(nodeLocalCorefile(stackWith({ dns: { nodeLocal: true, ttl: 20, zones } }))).toBe(`.:53 {
    errors
    bind 169.254.20.10
    health 169.254.20.10:8080 {
        lameduck 5s
    }
    loop
    prometheus :9253
    cache 30
    forward . 10.96.0.10 {
        force_tcp
    }
}
cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
    errors
    bind 169.254.20.10
    prometheus :9253
    cache {
        success 9984 20
        denial 9984 5
    }
    forward . 10.96.0.10 {
        force_tcp
    }
}
corp.example:53 {
    errors
    bind 169.254.20.10
    prometheus :9253
    forward . 10.96.0.10 {
        force_tcp
    }
}
`);
});

test("a host has the address, lets pods ask it, and its kubelet names it before the service", () => {
  const sections: Sections = { dns: { nodeLocal: true } };
  expect(own(sections)?.host?.(plan(sections).nodes[0] as never)).toEqual([
    { kind: "link", name: "nodelocaldns", type: "bridge" },
    { kind: "address", address: "169.254.20.10/32", link: "nodelocaldns" },
  ]);
  expect(settings(sections)).toContain("node-local-dns 169.254.20.10,10.96.0.10");
  const [table] = items(sections).flatMap((item) => (item.kind === "nftables" ? [item.table] : []));
  expect(table).toContain('ip saddr @pods_v4 ip daddr 169.254.20.10 udp dport 53 accept comment "NodeLocal DNSCache"');
});

test("an IPv6 cluster has an address of its own family", () => {
  const cluster = { podCIDRs: ["fd00:10:244::/56"], serviceCIDRs: ["fd00:10:96::/112"], nodeCIDRs: ["fd00:100::/64"] };
  const nodes = [
    { name: "cp1", roles: ["control-plane" as const, "etcd" as const], address: "fd00:100::20", podCIDRs: ["fd00:10:244::/64"] },
  ];
  const text = nodeLocalCorefile(stackWith({ cluster, nodes, dns: { nodeLocal: true } }));
  expect(text).toContain("bind fd00:a9fe:140a::53\n    health [fd00:a9fe:140a::53]:8080 {");
});

test.each([
  ["checked only", { dns: { nodeLocal: true, kubelet: "check" as const } }],
  ["too old for drop-ins", { cluster: { kubernetes: "1.29" }, dns: { nodeLocal: true } }],
])("kubelets that are left alone are the user's to change: %s", (_, sections) => {
  expect(own(sections)?.findings?.()).toMatchObject([{ severity: "warning", path: ["dns", "nodeLocal"] }]);
  expect(settings(sections)).toContain("require kubelet-cluster-dns 169.254.20.10,10.96.0.10");
});

test("a domain is changed only where that is acknowledged", () => {
  expect(settings({ dns: { acknowledgeDomainChange: true } })).toContain("cluster-domain cluster.local");
});
