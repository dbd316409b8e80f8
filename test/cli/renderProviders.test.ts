import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expectGolden, expectGoldenFolder } from "./golden";
import { run } from "./run";
import { inProject } from "./stacks";

inProject();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plumbline-render-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Change = (stack: string) => string;

/** Renders the stack dev with this section `cni`; what is left: one worker, and the objects of the network and of load balancing. */
async function renderWith(cni: string, change: Change = (text) => text): Promise<string> {
  const stack = path.join(folder, "stack.yaml");
  const out = path.join(folder, "out");
  writeFileSync(stack, change(readFileSync("stacks/Pulumi.dev.yaml", "utf8").replace("config:\n", `config:\n  plumbline:cni: ${cni}\n`)));
  expect(await run("render", "--stack", stack, "--out", out)).toMatchObject({ code: 0, stderr: "" });
  rmSync(path.join(out, ".plumbline-render"));
  rmSync(path.join(out, "hosts", "cp1"), { recursive: true });
  for (const file of readdirSync(path.join(out, "manifests")))
    if (!/-cni-|-load-balancer-/.test(file)) rmSync(path.join(out, "manifests", file));
  return out;
}

const conflist = `{cniVersion: 1.0.0, name: veth, plugins: [{type: ptp, mtu: "\${MTU}", ipam: {type: host-local, subnet: "\${POD_CIDR}", routes: [{dst: 0.0.0.0/0}]}}]}`;
const kubeRouter =
  "name: kube-router, confFile: 10-kuberouter.conflist, flows: [{tcp: [179], why: BGP}, {protocols: [ipip], why: tunnel}], layers: [{name: IPIP, ipv4: 20}], masquerade: none, " +
  "manifests: [{apiVersion: v1, kind: ServiceAccount, metadata: {name: kube-router, namespace: kube-system}}]";

test.each([
  ["bridge", "{ provider: bridge }"],
  ["vxlan", "{ provider: vxlan }"],
  ["flannel", "{ provider: flannel }"],
  ["calico", "{ provider: calico, calico: { bgpPeers: [{ address: 192.168.56.1, asNumber: 64513 }] } }"],
  ["cilium", "{ provider: cilium }"],
  ["custom", `{ provider: custom, custom: { routes: true, conflist: ${conflist} } }`],
  ["custom-kube-router", `{ provider: custom, custom: { ${kubeRouter} } }`],
])("render with %s", async (name, cni) => {
  expectGoldenFolder(`providers/${name}`, await renderWith(cni));
});

const dualStack: Change = (text) =>
  text
    .replace(/podCIDRs: .*/, "podCIDRs: [10.244.0.0/16, fd00:10:244::/56]")
    .replace(/serviceCIDRs: .*/, "serviceCIDRs: [10.96.0.0/12, fd00:10:96::/112]")
    .replace(/nodeCIDRs: .*/, "nodeCIDRs: [192.168.56.0/24, fd00:56::/64]")
    .replaceAll(/address: 192\.168\.56\.(\d+)/g, "address: [192.168.56.$1, fd00:56::$1]");
const noProxy: Change = (text) => text.replace(/plumbline:proxy: .*/, "plumbline:proxy: {mode: none}");
const calico = (settings: string) =>
  `{ provider: calico, calico: { ${settings}, bgpPeers: [{ address: 192.168.56.1, asNumber: 64513 }] } }`;
const pools = "loadBalancerPools: [{name: lan, range: 192.168.56.240-192.168.56.250}]";
const metallb =
  (settings: string): Change =>
  (text) =>
    text
      .replace("    name: dev\n", `$&    ${pools}\n`)
      .replace("config:\n", `$&  plumbline:loadBalancer: {provider: metallb, metallb: {${settings}}}\n`);
/** A bridge with what it can have: an interface that is there, one of ours in a VLAN, the host itself in another, a tunnel. */
const openVSwitch: Change = (text) =>
  text.replace(
    "config:\n",
    `$&  plumbline:host:
    links:
      - { name: ovs1, type: ovs-bridge, addresses: [10.1.0.1/24], mtu: 1450, ports: [{ name: eth1, trunks: [10, 20] }, { name: v-red, tag: 10 }, { name: in20, tag: 20 }, t1] }
      - { name: v-red, type: veth, peer: { name: eth0, namespace: red, addresses: [10.10.0.2/24] } }
      - { name: in20, type: ovs-internal, addresses: [10.20.0.1/24] }
      - { name: t1, type: ovs-vxlan, remote: 192.168.56.30, id: 42 }
    namespaces: [{ name: red }]
`,
  );
const variants: { provider: string; variant: string; cni: string; change?: Change }[] = [
  ...["bridge", "vxlan", "flannel"].map((provider) => ({
    provider,
    variant: "dual-stack",
    cni: `{ provider: ${provider} }`,
    change: dualStack,
  })),
  ...["announce: layer2", "announce: bgp, bgpPeers: [{address: 192.168.56.1, asNumber: 64513}]"].map((settings) => ({
    provider: "bridge",
    variant: `metallb-${/layer2|bgp/.exec(settings)}`,
    cni: "{ provider: bridge }",
    change: metallb(settings),
  })),
  { provider: "bridge", variant: "open-vswitch", cni: "{ provider: bridge }", change: openVSwitch },
  ...["host-gw", "wireguard", "udp"].map((backend) => ({
    provider: "flannel",
    variant: backend,
    cni: `{ provider: flannel, flannel: { backend: ${backend} } }`,
  })),
  ...["VXLANCrossSubnet", "IPIP", "IPIPCrossSubnet", "None"].map((encapsulation) => ({
    provider: "calico",
    variant: encapsulation.toLowerCase(),
    cni: calico(`encapsulation: ${encapsulation}`),
  })),
  { provider: "calico", variant: "wireguard", cni: calico("wireguard: true") },
  { provider: "cilium", variant: "geneve", cni: "{ provider: cilium, cilium: { routing: geneve } }" },
  { provider: "cilium", variant: "native", cni: "{ provider: cilium, cilium: { routing: native } }" },
  ...["vxlan", "native"].map((routing) => ({
    provider: "cilium",
    variant: `${routing}-no-kube-proxy`,
    cni: `{ provider: cilium, cilium: { routing: ${routing}, kubeProxyReplacement: true } }`,
    change: noProxy,
  })),
];

// Only what a variant has otherwise than the provider with its defaults. A bundle says all of a host, so the host's other files are left out.
test.each(variants)("what is different in $provider with $variant", async ({ provider, variant, cni, change }) => {
  const out = await renderWith(cni, change);
  const base = path.join("test/cli/golden/providers", provider);
  for (const file of readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const name = path.relative(out, path.join(file.parentPath, file.name));
    const same = path.join(base, name);
    const isInBundle = name.startsWith("hosts/") && file.name !== "bundle";
    if (isInBundle || (existsSync(same) && readFileSync(same, "utf8") === readFileSync(path.join(out, name), "utf8")))
      rmSync(path.join(out, name));
  }
  expectGoldenFolder(`providers/${provider}+${variant}`, out);
});

test("weave is refused", async () => {
  const stack = path.join(folder, "stack.yaml");
  const cni = "{ provider: weave, alongside: vxlan }";
  writeFileSync(stack, readFileSync("stacks/Pulumi.dev.yaml", "utf8").replace("config:\n", `config:\n  plumbline:cni: ${cni}\n`));
  const { code, stderr } = await run("render", "--stack", stack, "--out", path.join(folder, "out"));
  expect(code).toBe(2);
  expectGolden("providers/weave.txt", stderr.replaceAll(stack, "STACK"));
});
