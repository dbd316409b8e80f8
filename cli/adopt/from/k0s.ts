import type { Role } from "../../../core/stack/nodes";
import type { Draft, Source } from "./draft";
import type { Entry } from "./entry";
import { setProvider } from "./provider";
import { minorVersion, nodeMasks, noProxy, proxyMode } from "./values";

/** Controllers run no kubelet, unless they are workers too. */
const roles: Record<string, readonly Role[]> = {
  controller: ["control-plane", "etcd"],
  "controller+worker": ["control-plane", "etcd", "worker"],
  single: ["control-plane", "etcd", "worker"],
  worker: ["worker"],
};

/** A k0sctl.yaml, or the k0s.yaml of a controller. Defaults: k0s' configuration reference (node masks /24 and /117). */
export const k0s: Source = {
  what: "a k0s configuration",
  recognises: (documents) => documents.some((one) => /^(k0sctl\.)?k0s(ctl)?\.k0sproject\.io\//.test(String(one.at("apiVersion").value))),
  read(documents, draft) {
    for (const one of documents) {
      if (one.at("kind").value === "ClusterConfig") readConfig(one.at("spec"), draft);
      else readCluster(one, draft);
    }
    const [first] = documents;
    if (first && draft.nodes.length === 0)
      draft.leave(
        first.at("spec", "hosts"),
        "The file names no hosts with addresses, and a stack needs them.",
        "Add them under plumbline:nodes; `k0s kubectl get nodes -o wide` lists the workers.",
      );
  },
  unread: [
    [/featureGates|feature-gates/, "Feature gates are k0s' to set.", "Nothing to do, unless a gate changes the network."],
    [/encryption/i, "Encryption of stored data is not a matter of the network.", "Nothing to do."],
    [/nodeLocalLoadBalancing/, "A load balancer on every worker for the API servers (loopback, port 7443).", "Nothing to do."],
    [
      /controlPlaneLoadBalancing/,
      "A virtual address for the API servers by VRRP.",
      "Allow protocol 112 between the controllers where a firewall is in between.",
    ],
    [
      /konnectivity/,
      "Konnectivity: workers dial the controllers' agent port, 8132 by default.",
      "Allow it: firewall.allow with from: workers, to: control-plane, tcp: [8132].",
    ],
    [/\.(calico|kuberouter)(\.|$)/, "A setting of k0s' own pod network.", "Compare it with the provider's settings under cni."],
    [/coreDNS|dnsPolicy/i, "A setting of k0s' CoreDNS.", "Write what you need under dns."],
    [
      /hosts\.\d+\.(winRM|os)/,
      "Windows hosts and overrides of the operating system aren't in a stack.",
      "Leave Windows hosts out of nodes.",
    ],
    [/uploadBinary|k0sBinaryPath|hooks|reset|dataDir|environment|\.files|options/, "How k0sctl installs.", "Nothing to do."],
    [/installFlags/, "Flags of `k0s install`.", "Look whether one of them sets labels, taints or addresses."],
  ],
};

function readCluster(document: Entry, draft: Draft): void {
  draft.setName(document.at("metadata", "name"));
  draft.set("cluster", "kubernetes", minorVersion(document.at("spec", "k0s", "version"), draft));
  readConfig(document.at("spec", "k0s", "config", "spec"), draft);
  for (const host of document.at("spec", "hosts").items()) readHost(host, draft);
  for (const step of ["apiVersion", "kind", "metadata"]) document.at("spec", "k0s", "config", step, "name");
}

function readConfig(spec: Entry, draft: Draft): void {
  const network = spec.at("network");
  const dual = network.at("dualStack");
  const isDual = draft.text(dual.at("enabled")) === "true";
  const both = (four: Entry, fallback: string, six: Entry) => {
    const [main, second] = [draft.text(four) ?? fallback, draft.text(six)];
    return isDual && second !== undefined ? [main, second] : [main];
  };
  draft.set("cluster", "podCIDRs", both(network.at("podCIDR"), "10.244.0.0/16", dual.at("IPv6podCIDR")));
  draft.set("cluster", "serviceCIDRs", both(network.at("serviceCIDR"), "10.96.0.0/12", dual.at("IPv6serviceCIDR")));
  draft.set("cluster", "domain", draft.text(network.at("clusterDomain")));
  nodeMasks(spec.at("controllerManager", "extraArgs"), draft, { 4: 24, 6: 117 });
  const provider = draft.text(network.at("provider")) ?? "kuberouter";
  setProvider(network.at("provider"), provider === "kuberouter" ? "kube-router" : provider, draft);
  const mtu = draft.number(network.at(provider, "mtu"));
  if (mtu) draft.set("cni", "mtu", mtu);
  proxyMode(network.at("kubeProxy", "mode"), draft);
  const disabled = network.at("kubeProxy", "disabled");
  if (draft.text(disabled) === "true") noProxy(draft);
  draft.set("proxy", "nodePortAddresses", draft.texts(network.at("kubeProxy", "nodePortAddresses")));
  draft.set("proxy", "nodePorts", draft.text(spec.at("api", "extraArgs", "service-node-port-range")));
  const port = draft.number(spec.at("api", "port"));
  if (port !== undefined && port !== 6443) draft.set("cluster", "apiServerPort", port);
  const storage = draft.text(spec.at("storage", "type"));
  if (storage === "kine") {
    draft.leave(
      spec.at("storage", "type"),
      "kine is no etcd: the controllers get no role etcd.",
      "Allow the database's port in firewall.allow if it is on these hosts.",
    );
    draft.etcd = false;
  }
}

function readHost(host: Entry, draft: Draft): void {
  const role = draft.text(host.at("role")) ?? "worker";
  const isWorkerToo = draft.texts(host.at("installFlags")).includes("--enable-worker");
  const stated = isWorkerToo ? (roles.single ?? []) : Object.hasOwn(roles, role) ? (roles[role] ?? []) : [];
  if (stated.length === 0)
    draft.leave(host.at("role"), `${role} is no role of k0sctl.`, "Write controller, controller+worker, single or worker.");
  const ssh = host.at(host.at("ssh").given ? "ssh" : "openSSH");
  const outer = draft.text(ssh.at("address"));
  const inner = draft.text(host.at("privateAddress"));
  if (inner === undefined && host.at("privateInterface").given)
    draft.leave(
      host.at("privateInterface"),
      `The node's address is that of an interface, which the file doesn't say; the stack takes ${outer ?? "none"}.`,
      "Write the interface's address into the node's address.",
    );
  const bastion = ssh.at("bastion");
  const gate = draft.text(bastion.at("address"));
  if (gate !== undefined) {
    const [port, user] = [draft.number(bastion.at("port")), draft.text(bastion.at("user"))];
    draft.setBastion(bastion, { host: gate, ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }) });
  }
  const address = inner ?? outer;
  draft.addNode(host, {
    name: draft.text(host.at("hostname")),
    roles: stated.filter((one) => one !== "etcd" || draft.etcd),
    address: address === undefined ? [] : [address],
    ssh: { host: outer, port: draft.number(ssh.at("port")), user: draft.text(ssh.at("user")), key: draft.text(ssh.at("keyPath")) },
  });
}
