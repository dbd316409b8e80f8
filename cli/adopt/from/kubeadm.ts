import type { Draft, Source } from "./draft";
import type { Entry } from "./entry";
import { argument, minorVersion, nodeMasks, noProxy, proxyMode } from "./values";

/**
 * kubeadm's configuration in any version, in one document or many: ClusterConfiguration, InitConfiguration, JoinConfiguration, and the configurations of
 * kubelet and kube-proxy. Defaults: kubeadm's v1beta3 and v1beta4 (services 10.96.0.0/12, cluster.local, port 6443; no default for pods).
 */
export const kubeadm: Source = {
  what: "a kubeadm configuration",
  recognises: (documents) => documents.some((one) => isKubeadm(one)),
  read(documents, draft) {
    const ofKind = (kind: string) => documents.filter((one) => one.at("kind").value === kind);
    const clusters = ofKind("ClusterConfiguration");
    for (const one of clusters) readCluster(one, draft);
    for (const one of ofKind("KubeProxyConfiguration")) readProxy(one, draft);
    for (const one of ofKind("KubeletConfiguration")) readKubelet(one, draft);
    const externalEtcd = clusters.some((one) => one.at("etcd", "external").given);
    for (const one of ofKind("InitConfiguration")) readNode(one, one.at("localAPIEndpoint"), externalEtcd, draft);
    for (const one of ofKind("JoinConfiguration")) readNode(one, one.at("controlPlane", "localAPIEndpoint"), externalEtcd, draft);
    const [first = documents[0]] = clusters;
    if (first && draft.cluster.podCIDRs === undefined)
      draft.leave(
        first.at("networking", "podSubnet"),
        "is not given, and kubeadm has no default: the nodes get no pod ranges from Kubernetes. The stack takes 10.244.0.0/16.",
        "Write the range that the pods have into cluster.podCIDRs, and give kube-controller-manager --allocate-node-cidrs and --cluster-cidr.",
      );
    if (first && draft.nodes.length === 0) leaveNodes(first, draft);
  },
  unread: [
    [
      /extraArgs.*feature-gates|^featureGates/,
      "Feature gates are kubeadm's to set.",
      "Nothing to do, unless a gate changes the network (then check that the stack fits).",
    ],
    [/encryption/i, "Encryption of stored data is not a matter of the network.", "Nothing to do."],
    [/^kubernetesVersion|^networking/, "is no setting of kubeadm that Plumbline knows.", "Compare it with kubeadm's reference."],
    [
      /bindAddress|address$/i,
      "On which addresses a component listens is left to kubeadm.",
      "Nothing to do: the firewall is computed from roles.",
    ],
    [
      /cloud-provider/,
      "A cloud provider may set routes and node addresses of its own.",
      "Turn its route controller off (--configure-cloud-routes=false) where Plumbline makes the routes.",
    ],
  ],
};

const isKubeadm = (document: Entry) =>
  /^kubeadm\.k8s\.io\//.test(String(document.at("apiVersion").value)) ||
  ["ClusterConfiguration", "InitConfiguration", "JoinConfiguration", "KubeletConfiguration", "KubeProxyConfiguration"].includes(
    String(document.at("kind").value),
  );

function leaveNodes(first: Entry, draft: Draft): void {
  const endpoint = draft.text(first.at("controlPlaneEndpoint"));
  draft.leave(
    first.at("controlPlaneEndpoint"),
    `The file names no nodes${endpoint === undefined ? "" : ` (${endpoint} may be a load balancer's address)`}, and a stack needs them.`,
    "Add each under plumbline:nodes, for example - { name: cp1, roles: [control-plane, etcd], address: 192.168.10.20 }; `kubectl get nodes -o wide` lists them. With cluster.kubeconfig in the stack, `plumbline adopt` reads them from the cluster.",
  );
}

function readCluster(cluster: Entry, draft: Draft): void {
  const networking = cluster.at("networking");
  const manager = cluster.at("controllerManager", "extraArgs");
  const server = cluster.at("apiServer", "extraArgs");
  draft.setName(cluster.at("clusterName"));
  draft.set("cluster", "kubernetes", minorVersion(cluster.at("kubernetesVersion"), draft));
  draft.set("cluster", "domain", draft.text(networking.at("dnsDomain")));
  const pods = draft.texts(networking.at("podSubnet"));
  draft.set("cluster", "podCIDRs", pods.length > 0 ? pods : draft.texts(argument(manager, "cluster-cidr")));
  const services = draft.texts(networking.at("serviceSubnet"));
  const overridden = draft.texts(argument(server, "service-cluster-ip-range"));
  draft.set("cluster", "serviceCIDRs", overridden.length > 0 ? overridden : services.length > 0 ? services : ["10.96.0.0/12"]);
  draft.set("proxy", "nodePorts", draft.text(argument(server, "service-node-port-range")));
  nodeMasks(manager, draft);
  const allocate = argument(manager, "allocate-node-cidrs");
  if (draft.text(allocate) === "false")
    draft.leave(
      allocate,
      "kube-controller-manager gives the nodes no pod ranges.",
      "Plumbline's providers need them: take the argument out, or pin each node's range with podCIDRs and use a provider with an IPAM of its own.",
    );
  if (draft.text(cluster.at("proxy", "disabled")) === "true") noProxy(draft);
  cluster.at("etcd", "external");
  for (const entry of cluster.at("etcd", "external", "endpoints").items())
    draft.leave(
      entry,
      "is an etcd member outside of the cluster.",
      "If its firewall is to be Plumbline's too, add it to nodes with roles: [etcd].",
    );
}

/** Settings whose keys are those of the stack's section proxy. A period of 0s is kube-proxy's default; a conntrack timeout of 0s leaves the host's. */
const proxyKeys = {
  conntrack: ["maxPerCore", "min", "tcpEstablishedTimeout", "tcpCloseWaitTimeout", "tcpBeLiberal", "udpTimeout", "udpStreamTimeout"],
  iptables: ["masqueradeAll", "masqueradeBit", "localhostNodePorts", "syncPeriod", "minSyncPeriod"],
  nftables: ["masqueradeAll", "masqueradeBit", "syncPeriod", "minSyncPeriod"],
  ipvs: ["scheduler", "strictARP", "excludeCIDRs", "tcpTimeout", "tcpFinTimeout", "udpTimeout", "syncPeriod", "minSyncPeriod"],
  detectLocal: ["bridgeInterface", "interfaceNamePrefix"],
} as const;

function readProxy(proxy: Entry, draft: Draft): void {
  proxyMode(proxy.at("mode"), draft);
  draft.set("proxy", "nodePortAddresses", draft.texts(proxy.at("nodePortAddresses")));
  draft.set("proxy", "detectLocalMode", draft.text(proxy.at("detectLocalMode")));
  for (const [section, keys] of Object.entries(proxyKeys)) {
    const says = ({ given, value }: Entry) => given && value !== "" && (section === "conntrack" || value !== "0s");
    const found = keys.flatMap((key) => {
      const entry = proxy.at(section, key);
      return says(entry) ? [[key, entry.value]] : [];
    });
    if (found.length > 0) draft.set("proxy", section, Object.fromEntries(found));
  }
  const clusterCIDR = draft.texts(proxy.at("clusterCIDR"));
  const pods = draft.ranges("podCIDRs");
  if (pods.length === 0) draft.set("cluster", "podCIDRs", clusterCIDR);
  else if (clusterCIDR.length > 0 && clusterCIDR.join() !== pods.join())
    draft.leave(
      proxy.at("clusterCIDR"),
      `is ${clusterCIDR.join(", ")}, but the pod range is ${pods.join(", ")}.`,
      "Make the two the same.",
    );
}

function readKubelet(kubelet: Entry, draft: Draft): void {
  const domain = draft.text(kubelet.at("clusterDomain"));
  const known = draft.cluster.domain;
  if (known === undefined) draft.set("cluster", "domain", domain);
  else if (domain !== undefined && domain !== known)
    draft.leave(
      kubelet.at("clusterDomain"),
      `is ${domain}, but networking.dnsDomain is ${known}.`,
      "Make the two the same: pods search for services in the kubelet's.",
    );
  draft.set("cluster", "maxPods", draft.number(kubelet.at("maxPods")));
  draft.clusterDns.push(...kubelet.at("clusterDNS").items());
}

/** A node that a file for `kubeadm init` or `kubeadm join` is about. */
function readNode(document: Entry, endpoint: Entry, externalEtcd: boolean, draft: Draft): void {
  for (const phase of document.at("skipPhases").items()) {
    if (draft.text(phase) === "addon/kube-proxy") noProxy(draft);
    else if (draft.text(phase) === "addon/coredns")
      draft.leave(
        phase,
        "kubeadm leaves CoreDNS out; Plumbline configures one that is there.",
        "Install CoreDNS as kubeadm would: `kubeadm init phase addon coredns`.",
      );
  }
  const registration = document.at("nodeRegistration");
  const nodeIps = draft.texts(argument(registration.at("kubeletExtraArgs"), "node-ip"));
  const advertised = draft.text(endpoint.at("advertiseAddress"));
  const usable = (address: string | undefined) => address !== undefined && !["0.0.0.0", "::"].includes(address);
  const address = nodeIps.length > 0 ? nodeIps : usable(advertised) ? [advertised as string] : [];
  const bindPort = draft.number(endpoint.at("bindPort"));
  if (bindPort !== undefined && bindPort !== 6443) draft.set("cluster", "apiServerPort", bindPort);
  const isControlPlane = document.at("kind").value === "InitConfiguration" || document.at("controlPlane").given;
  const taints = registration.at("taints");
  const isWorker = !isControlPlane || (Array.isArray(taints.value) && !JSON.stringify(taints.value).includes("node-role.kubernetes.io/"));
  draft.addNode(endpoint.given ? endpoint : registration, {
    name: draft.text(registration.at("name")),
    roles: [
      ...(isControlPlane ? ["control-plane" as const, ...(externalEtcd ? [] : ["etcd" as const])] : []),
      ...(isWorker ? ["worker" as const] : []),
    ],
    address,
  });
}
