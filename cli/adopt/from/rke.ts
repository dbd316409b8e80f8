import type { Draft, Source } from "./draft";
import type { Entry } from "./entry";
import { setProvider } from "./provider";
import { argument, minorVersion, nodeMasks, proxyMode } from "./values";

const roles = { controlplane: "control-plane", etcd: "etcd", worker: "worker" } as const;

/** RKE's cluster.yml. Defaults: rancher/rke, cluster/defaults.go. */
export const rke: Source = {
  what: "an RKE cluster.yml",
  recognises: ([document, ...others]) =>
    others.length === 0 &&
    document !== undefined &&
    !document.at("apiVersion").given &&
    (document
      .at("nodes")
      .items()
      .some((node) => node.at("role").given) ||
      document.at("services", "kube-api").given),
  read([document], draft) {
    if (!document) return;
    draft.setName(document.at("cluster_name"));
    draft.set("cluster", "kubernetes", minorVersion(document.at("kubernetes_version"), draft));
    readServices(document.at("services"), draft);
    readNetwork(document.at("network"), draft);
    readSsh(document, draft);
    for (const node of document.at("nodes").items()) readNode(node, draft);
    if (document.at("ingress", "provider").value !== "none") {
      const mend = "Write ingress.controllers, or turn RKE's off (ingress.provider: none) before two controllers claim ports 80 and 443.";
      draft.leave(document.at("ingress", "provider"), "RKE runs its own ingress controller (nginx by default).", mend);
    }
  },
  unread: [
    [/encryption|secrets/i, "Encryption of stored data is not a matter of the network.", "Nothing to do."],
    [/feature-gates/, "Feature gates are RKE's to set.", "Nothing to do, unless a gate changes the network."],
    [/^network\.options/, "An option of RKE's pod network.", "Compare it with the provider's settings under cni."],
    [/^dns/, "RKE's DNS add-on.", "Write stub domains and upstream resolvers under dns (zones, upstream)."],
    [
      /(ssh_key|ssh_cert)(_path)?$/,
      "A key or certificate inside of the file.",
      "Keep it in a file and name that by ssh.privateKeyFile, or use ssh.agent: true.",
    ],
    [/^cloud_provider/, "A cloud provider may set routes and node addresses of its own.", "Check that it makes no routes for pods."],
  ],
};

function readServices(services: Entry, draft: Draft): void {
  const [api, manager, kubelet, proxy] = ["kube-api", "kube-controller", "kubelet", "kubeproxy"].map((name) => services.at(name));
  if (!api || !manager || !kubelet || !proxy) return;
  const orElse = (found: string[], fallback: string) => (found.length > 0 ? found : [fallback]);
  draft.set("cluster", "podCIDRs", orElse(draft.texts(manager.at("cluster_cidr")), "10.42.0.0/16"));
  draft.set("cluster", "serviceCIDRs", orElse(draft.texts(api.at("service_cluster_ip_range")), "10.43.0.0/16"));
  const other = draft.texts(manager.at("service_cluster_ip_range"));
  if (other.length > 0 && other.join() !== draft.ranges("serviceCIDRs").join())
    draft.leave(
      manager.at("service_cluster_ip_range"),
      `is ${other.join(", ")}, but kube-api's is ${draft.ranges("serviceCIDRs").join(", ")}.`,
      "Make the two the same.",
    );
  nodeMasks(manager.at("extra_args"), draft);
  draft.set("proxy", "nodePorts", draft.text(api.at("service_node_port_range")));
  draft.set("cluster", "domain", draft.text(kubelet.at("cluster_domain")));
  draft.set("cluster", "maxPods", draft.number(argument(kubelet.at("extra_args"), "max-pods")));
  draft.clusterDns.push(kubelet.at("cluster_dns_server"));
  proxyMode(argument(proxy.at("extra_args"), "proxy-mode"), draft);
}

function readNetwork(network: Entry, draft: Draft): void {
  const plugin = draft.text(network.at("plugin")) ?? "canal";
  if (plugin === "none") setProvider(network.at("plugin"), "custom", draft);
  else setProvider(network.at("plugin"), plugin, draft);
  const mtu = draft.number(network.at("mtu"));
  if (mtu) draft.set("cni", "mtu", mtu);
}

function readSsh(document: Entry, draft: Draft): void {
  const agent = draft.text(document.at("ssh_agent_auth")) === "true";
  if (agent) draft.ssh.agent = true;
  // RKE's default, used where neither a key nor the agent is named.
  else draft.ssh.key = draft.text(document.at("ssh_key_path")) ?? "~/.ssh/id_rsa";
  const bastion = document.at("bastion_host");
  const host = draft.text(bastion.at("address"));
  if (host === undefined) return;
  const [port, user] = [draft.number(bastion.at("port")), draft.text(bastion.at("user"))];
  draft.setBastion(bastion, { host, ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }) });
}

function readNode(node: Entry, draft: Draft): void {
  const stated = draft.texts(node.at("role"));
  const host = draft.text(node.at("address"));
  const address = draft.text(node.at("internal_address")) ?? host;
  const unknown = stated.filter((role) => !Object.hasOwn(roles, role));
  if (unknown.length > 0) draft.leave(node.at("role"), `${unknown.join(", ")} is no role of RKE.`, "Write controlplane, etcd or worker.");
  const key = draft.text(node.at("ssh_key_path"));
  draft.addNode(node, {
    // Without an override RKE registers a node by its address.
    name: draft.text(node.at("hostname_override")) ?? host,
    roles: stated.flatMap((role) => (Object.hasOwn(roles, role) ? [roles[role as keyof typeof roles]] : [])),
    address: address === undefined ? [] : [address],
    ssh: { host, port: draft.number(node.at("port")), user: draft.text(node.at("user")), key },
  });
}
