import type { Draft, Source } from "./draft";
import type { Entry } from "./entry";
import { setProvider } from "./provider";
import { minorVersion, noProxy } from "./values";

/** A KubeOne manifest. Defaults: kubermatic/kubeone, pkg/apis/kubeone/v1beta2/defaults.go; v1beta3 has the same. */
export const kubeone: Source = {
  what: "a KubeOne manifest",
  recognises: (documents) => documents.some((one) => /^kubeone\.(k8c\.io|io)\//.test(String(one.at("apiVersion").value))),
  read(documents, draft) {
    for (const one of documents) readCluster(one, draft);
  },
  unread: [
    [/^cloudProvider/, "A cloud provider may set routes and node addresses of its own.", "Check that it makes no routes for pods."],
    [
      /^dynamicWorkers|^machineController/,
      "Machines that come and go by themselves aren't in a stack.",
      "Add those that are there as nodes; take them out when they go.",
    ],
    [/^features\.encryption/, "Encryption of stored data is not a matter of the network.", "Nothing to do."],
    [/^features\.coreDNS/, "KubeOne's settings of CoreDNS.", "Write what you need under dns."],
    [/^proxy/, "An HTTP proxy for the hosts.", "Nothing to do: Plumbline downloads nothing on the hosts."],
    [
      /^apiEndpoint/,
      "The address by which clients reach the API servers, often a load balancer's.",
      "Nothing to do: the kubeconfig names it.",
    ],
    [
      /sshHostPublicKey/,
      "A host key in KubeOne's form (base64).",
      "Run `plumbline adopt` without --from: it asks the hosts and shows the fingerprints.",
    ],
  ],
};

function readCluster(document: Entry, draft: Draft): void {
  draft.setName(document.at("name"));
  draft.set("cluster", "kubernetes", minorVersion(document.at("versions", "kubernetes"), draft));
  const port = draft.number(document.at("apiEndpoint", "port"));
  if (port !== undefined && port !== 6443)
    draft.leave(
      document.at("apiEndpoint", "port"),
      `is ${port}: a load balancer's port, or the API servers' own.`,
      `Write cluster.apiServerPort: ${port} if the API servers listen on it.`,
    );
  readNetwork(document.at("clusterNetwork"), draft);
  // Each feature is listed by itself.
  document.at("features");
  const cache = document.at("features", "nodeLocalDNS", "deploy");
  if (draft.text(cache) !== "false") draft.leaveNodeLocal(cache, "KubeOne's NodeLocal DNSCache", "169.254.20.10");
  for (const host of document.at("controlPlane", "hosts").items()) readHost(host, true, draft);
  for (const host of document.at("staticWorkers", "hosts").items()) readHost(host, false, draft);
  if (draft.nodes.length === 0)
    draft.leave(
      document.at("controlPlane", "hosts"),
      "The manifest names no hosts with addresses (KubeOne can take them from Terraform's output).",
      "Add them under plumbline:nodes (`terraform output -json`, or `kubectl get nodes -o wide`). With cluster.kubeconfig in the stack, `plumbline adopt` reads them from the cluster.",
    );
}

function readNetwork(network: Entry, draft: Draft): void {
  const given = draft.text(network.at("ipFamily"));
  const families = (given ?? "IPv4").split("+").map((name): 4 | 6 => (name === "IPv6" ? 6 : 4));
  const key = (name: string, family: 4 | 6) => network.at(family === 4 ? name : `${name}IPv6`);
  const ranges = (name: string, defaults: { 4: string; 6: string }) =>
    families.map((family) => draft.text(key(name, family)) ?? defaults[family]);
  draft.set("cluster", "podCIDRs", ranges("podSubnet", { 4: "10.244.0.0/16", 6: "fd01::/48" }));
  draft.set("cluster", "serviceCIDRs", ranges("serviceSubnet", { 4: "10.96.0.0/12", 6: "fd02::/120" }));
  const stated = families.map((family) => draft.number(network.at(`nodeCIDRMaskSizeIPv${family}`)));
  if (stated.some((size) => size !== undefined))
    draft.set(
      "cluster",
      "nodeMaskSizes",
      families.map((family, index) => stated[index] ?? (family === 4 ? 24 : 64)),
    );
  draft.set("cluster", "domain", draft.text(network.at("serviceDomainName")));
  draft.set("proxy", "nodePorts", draft.text(network.at("nodePortRange")));
  readProvider(network.at("cni"), draft);
  readProxy(network.at("kubeProxy"), draft);
}

/** A mapping with one key, the provider's name. Default: canal. */
function readProvider(cni: Entry, draft: Draft): void {
  const names = { canal: "canal", cilium: "cilium", weaveNet: "weave", external: "custom" };
  const [name = "canal", ...others] = Object.keys(names).filter((candidate) => cni.at(candidate).given);
  if (others.length > 0) draft.leave(cni, `names several pod networks: ${[name, ...others].join(", ")}.`, "Keep one.");
  const chosen = cni.at(name);
  setProvider(chosen.given ? chosen : cni, names[name as keyof typeof names], draft);
  const mtu = draft.number(chosen.at("mtu"));
  if (mtu) draft.set("cni", "mtu", mtu);
  const replacement = chosen.at("kubeProxyReplacement");
  if (["true", "strict"].includes(draft.text(replacement) ?? "")) noProxy(draft);
  const encrypted = [chosen.at("encrypted"), chosen.at("enableWireguard")].find((entry) => draft.text(entry) === "true");
  if (encrypted)
    draft.leave(encrypted, "The pod network's encryption is the provider's to set.", "Compare with the provider's settings under cni.");
}

function readProxy(proxy: Entry, draft: Draft): void {
  if (draft.text(proxy.at("skipInstallation")) === "true") noProxy(draft);
  for (const mode of ["ipvs", "iptables", "nftables"])
    if (proxy.at(mode).value !== undefined && proxy.at(mode).value !== null) draft.set("proxy", "mode", mode);
  const scheduler = draft.text(proxy.at("ipvs", "scheduler"));
  if (scheduler !== undefined) draft.set("proxy", "ipvs", { scheduler });
}

function readHost(host: Entry, controlPlane: boolean, draft: Draft): void {
  const [outer, inner] = [draft.text(host.at("publicAddress")), draft.text(host.at("privateAddress"))];
  const six = draft.texts(host.at("ipv6Addresses"));
  const address = inner ?? outer;
  const taints = host.at("taints");
  const isWorker = !controlPlane || (Array.isArray(taints.value) && !JSON.stringify(taints.value).includes("node-role.kubernetes.io/"));
  const isDual = draft.ranges("podCIDRs").some((range) => range.includes(":"));
  const key = draft.text(host.at("sshPrivateKeyFile"));
  const bastion = draft.text(host.at("bastion"));
  if (bastion !== undefined) {
    const [port, user] = [draft.number(host.at("bastionPort")), draft.text(host.at("bastionUser"))];
    draft.setBastion(host.at("bastion"), {
      host: bastion,
      ...(port === undefined ? {} : { port }),
      ...(user === undefined ? {} : { user }),
    });
  }
  for (const silent of ["isLeader", "sshAgentSocket"]) host.at(silent);
  draft.addNode(host, {
    name: draft.text(host.at("hostname")),
    roles: [...(controlPlane ? ["control-plane" as const, "etcd" as const] : []), ...(isWorker ? ["worker" as const] : [])],
    address: [...(address === undefined ? [] : [address]), ...(isDual ? six.slice(0, 1) : [])],
    ssh: { host: outer, port: draft.number(host.at("sshPort")), user: draft.text(host.at("sshUsername")), key },
  });
}
