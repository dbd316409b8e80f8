import { Address, AddressError, Cidr } from "../../../core/cidr";
import type { Draft } from "./draft";
import type { Entry } from "./entry";
import { setProvider } from "./provider";
import { minorVersion, noProxy, proxyMode } from "./values";
import type { Variables } from "./variables";

/** What kubespray calls a pod network of one's own. */
const ownNetworks: Record<string, string> = {
  cni: "custom",
  custom_cni: "custom",
  none: "custom",
  cloud: "custom",
  "kube-router": "kube-router",
  kube_router: "kube-router",
};

/** @param inventory stands for the inventory file, for what is nowhere said. */
export function readClusterVariables(variables: Variables, draft: Draft, inventory: Entry): void {
  readRanges(variables, draft);
  const version = variables.get("kube_version");
  if (version) draft.set("cluster", "kubernetes", minorVersion(version, draft));
  else
    draft.leave(
      inventory,
      "kube_version is not given: it is that of the kubespray release.",
      'Write cluster.kubernetes, for example "1.34" (`kubectl version` says it).',
    );
  draft.set("cluster", "domain", variables.text("dns_domain") ?? variables.text("cluster_name"));
  variables.text("cluster_name");
  draft.set("cluster", "maxPods", variables.number("kubelet_max_pods"));
  const port = variables.number("kube_apiserver_port");
  if (port !== undefined && port !== 6443) draft.set("cluster", "apiServerPort", port);
  draft.set("proxy", "nodePorts", variables.text("kube_apiserver_node_port_range"));
  readProxy(variables, draft);
  readPlugin(variables, draft, inventory);
  readDns(variables, draft, inventory);
}

function readRanges(variables: Variables, draft: Draft): void {
  const both = variables.truth("enable_dual_stack_networks") ?? false;
  const six = variables.truth("ipv6_stack") ?? both;
  const four = variables.truth("ipv4_stack") ?? true;
  const of = <T>(ipv4: T, ipv6: T): T[] => [...(four ? [ipv4] : []), ...(six ? [ipv6] : [])];
  const listed = (name: string) => variables.texts(name);
  const [pods, services] = [listed("kube_pods_subnets"), listed("kube_service_subnets")];
  const text = (name: string, fallback: string) => variables.text(name) ?? fallback;
  draft.set(
    "cluster",
    "podCIDRs",
    pods.length > 0
      ? pods
      : of(text("kube_pods_subnet", "10.233.64.0/18"), text("kube_pods_subnet_ipv6", "fd85:ee78:d8a6:8607::1:0000/112")),
  );
  draft.set(
    "cluster",
    "serviceCIDRs",
    services.length > 0
      ? services
      : of(text("kube_service_addresses", "10.233.0.0/18"), text("kube_service_addresses_ipv6", "fd85:ee78:d8a6:8607::1000/116")),
  );
  draft.set(
    "cluster",
    "nodeMaskSizes",
    of(variables.number("kube_network_node_prefix") ?? 24, variables.number("kube_network_node_prefix_ipv6") ?? 120),
  );
}

function readProxy(variables: Variables, draft: Draft): void {
  const mode = variables.get("kube_proxy_mode");
  // kubespray's default.
  if (mode) proxyMode(mode, draft);
  else draft.set("proxy", "mode", "ipvs");
  const scheduler = variables.text("kube_proxy_scheduler");
  if (scheduler !== undefined) draft.set("proxy", "ipvs", { scheduler });
  const isOurs = JSON.stringify(variables.place("kube_proxy_nodeport_addresses")?.value ?? "").includes(
    "kube_proxy_nodeport_addresses_cidr is defined",
  );
  // The sample's own expression: the other variable, or nothing.
  const addresses = variables.texts("kube_proxy_nodeport_addresses_cidr");
  draft.set("proxy", "nodePortAddresses", isOurs ? addresses : [...variables.texts("kube_proxy_nodeport_addresses"), ...addresses]);
  variables.asked.add("kube_proxy_nodeport_addresses");
  for (const name of ["kube_proxy_remove", "cilium_kube_proxy_replacement", "calico_bpf_enabled"]) {
    const entry = variables.get(name);
    if (entry && ["true", "strict", "True"].includes(String(entry.value))) noProxy(draft);
  }
}

function readPlugin(variables: Variables, draft: Draft, inventory: Entry): void {
  const entry = variables.get("kube_network_plugin");
  const name = (entry && draft.text(entry)) ?? "calico";
  setProvider(entry ?? inventory, Object.hasOwn(ownNetworks, name) ? (ownNetworks[name] ?? name) : name, draft);
  const mtu = variables.number(`${name}_mtu`);
  if (mtu) draft.set("cni", "mtu", mtu);
}

function readDns(variables: Variables, draft: Draft, inventory: Entry): void {
  const upstream = variables.texts("upstream_dns_servers");
  if (upstream.length > 0 && upstream.every(isAddress)) draft.set("dns", "upstream", upstream);
  variables.asked.add("skydns_server");
  // The sample's expression says the default.
  const isDefault = /ipaddr\(3\)/.test(String(variables.place("skydns_server")?.value ?? "ipaddr(3)"));
  const skydns = isDefault ? undefined : variables.get("skydns_server");
  // roles/kubernetes-apps/ansible/templates/coredns-svc.yml.j2
  draft.set("dns", "service", "coredns");
  if (skydns) draft.clusterDns.push(skydns);
  else if (isDefault) draft.set("dns", "serviceAddresses", draft.ranges("serviceCIDRs").slice(0, 1).flatMap(third));
  const local = variables.get("enable_nodelocaldns");
  if (variables.truth("enable_nodelocaldns") ?? true)
    draft.leaveNodeLocal(local ?? inventory, "kubespray's NodeLocal DNSCache", variables.text("nodelocaldns_ip") ?? "169.254.25.10");
}

/** kubespray's default of skydns_server: in the first range, in dual stack too. */
function third(range: string): string[] {
  try {
    return [String(Cidr.parse(range).at(3))];
  } catch (error) {
    if (error instanceof AddressError) return [];
    throw error;
  }
}

function isAddress(text: string): boolean {
  try {
    Address.parse(text);
    return true;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}
