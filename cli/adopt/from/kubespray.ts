import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Role } from "../../../core/stack/nodes";
import type { Draft } from "./draft";
import { Entry } from "./entry";
import { Inventory, isYamlInventory, readIniInventory, readYamlInventory } from "./inventory";
import { readClusterVariables } from "./kubesprayVariables";
import { readDocuments, readText } from "./read";
import { Variables } from "./variables";

/** Groups by their names today and before 2.16. */
const roleGroups: readonly (readonly [Role, string, string])[] = [
  ["control-plane", "kube_control_plane", "kube-master"],
  ["etcd", "etcd", "etcd"],
  ["worker", "kube_node", "kube-node"],
];
const clusterGroups = ["k8s_cluster", "k8s-cluster"];

/** The inventory file of a folder, or the file itself if it is one; undefined when it is something else. */
export function findInventory(from: string): string | undefined {
  if (!statSync(from).isDirectory()) return isInventory(from) ? from : undefined;
  const names = readdirSync(from)
    .filter((name) => /^(hosts|inventory)(\.(ya?ml|ini|cfg))?$/.test(name))
    .sort();
  return names.map((name) => path.join(from, name)).find((file) => statSync(file).isFile() && isInventory(file));
}

const isIni = (file: string) =>
  /\.(ini|cfg)$/.test(file) || (path.extname(file) === "" && /^\s*\[[\w-]+(:\w+)?\]\s*$/m.test(readText(file)));
const isInventory = (file: string) => isIni(file) || (/\.ya?ml$/.test(file) && readDocuments(file).some(isYamlInventory));

/** A kubespray inventory with its group_vars and host_vars. Defaults: kubespray, roles/kubespray_defaults/defaults/main/main.yml. */
export function readKubespray(file: string, draft: Draft): void {
  const folder = path.dirname(file);
  const inventory = new Inventory();
  if (isIni(file)) readIniInventory(file, readText(file), inventory);
  else for (const document of readDocuments(file)) readYamlInventory(document, inventory);
  const ofGroup = (name: string) => [inventory.vars(name), readVariableFiles(path.join(folder, "group_vars", name), draft)];
  // Ansible: variables of files go over those of the inventory; a child group's go over `all`.
  const groups = [...clusterGroups.flatMap(ofGroup), ...ofGroup("all")];
  const files = (name: string) => readVariableFiles(path.join(folder, "group_vars", name), draft);
  const cluster = new Variables([files("kube_control_plane"), ...groups], draft);
  readClusterVariables(cluster, draft, Entry.plain(file, [], undefined, { line: 1, column: 1 }));
  readHosts(inventory, groups, folder, cluster.asked, draft);
  const [bastion] = [...inventory.members("bastion"), ...(inventory.hosts.has("bastion") ? ["bastion"] : [])];
  if (bastion !== undefined)
    readBastion(new Variables([inventory.hosts.get(bastion) ?? new Map(), ...groups], draft, cluster.asked), bastion, draft);
  leaveRest([...groups, files("kube_control_plane")], cluster.asked, draft);
}

/** `NAME.yml`, or all files of a folder NAME. */
function readVariableFiles(base: string, draft: Draft): ReadonlyMap<string, Entry> {
  const single = [".yml", ".yaml", ""].map((ending) => base + ending).filter((file) => existsSync(file) && statSync(file).isFile());
  const inFolder = existsSync(base) && statSync(base).isDirectory() ? readdirSync(base).sort() : [];
  const files = [...single, ...inFolder.filter((name) => /\.(ya?ml|json)$/.test(name)).map((name) => path.join(base, name))];
  const variables = new Map<string, Entry>();
  for (const file of files) {
    const text = readText(file);
    if (text.startsWith("$ANSIBLE_VAULT"))
      draft.leave(
        Entry.plain(file, [], undefined, { line: 1, column: 1 }),
        "The whole file is encrypted by ansible-vault.",
        "Look with `ansible-vault view` whether it sets anything of the network.",
      );
    else for (const document of readDocuments(file, text)) for (const [key, entry] of document.fields()) variables.set(key, entry);
  }
  return variables;
}

function readHosts(inventory: Inventory, groups: ReadonlyMap<string, Entry>[], folder: string, asked: Set<string>, draft: Draft): void {
  const members = roleGroups.map(([role, name, old]) => ({
    role,
    hosts: new Set([...inventory.members(name), ...inventory.members(old)]),
  }));
  const isDual = draft.ranges("podCIDRs").some((range) => range.includes(":"));
  for (const [host, own] of inventory.hosts) {
    const roles = members.filter(({ hosts }) => hosts.has(host)).map(({ role }) => role);
    if (roles.length === 0) continue;
    const variables = new Variables([readVariableFiles(path.join(folder, "host_vars", host), draft), own, ...groups], draft, asked);
    const outer = variables.text("ansible_host") ?? variables.text("ansible_ssh_host");
    const inner = variables.text("ip") ?? variables.text("access_ip");
    variables.text("access_ip");
    const six = isDual ? variables.text("ip6") : undefined;
    const address = inner ?? outer ?? (/^[\d.]+$|:/.test(host) ? host : undefined);
    draft.addNode(inventory.places.get(host) ?? Entry.plain(folder, [host], undefined, { line: 1, column: 1 }), {
      name: variables.text("kube_override_hostname") ?? host,
      roles,
      address: [...(address === undefined ? [] : [address]), ...(six === undefined ? [] : [six])],
      ssh: { host: outer, ...login(variables) },
    });
  }
}

const login = (variables: Variables) => ({
  port: variables.number("ansible_port") ?? variables.number("ansible_ssh_port"),
  user: variables.text("ansible_user") ?? variables.text("ansible_ssh_user"),
  key: variables.text("ansible_ssh_private_key_file"),
});

function readBastion(variables: Variables, name: string, draft: Draft): void {
  const { port, user } = login(variables);
  const host = variables.text("ansible_host") ?? variables.text("ansible_ssh_host") ?? name;
  draft.ssh.bastion = { host, ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }) };
}

/** Variables that decide about the network and that nothing was made of. */
const ofNetwork =
  /^(calico|cilium|flannel|weave|kube_router|kube_ovn|ovn4nfv|macvlan|canal|contiv|multus|kube_network|nodelocaldns|coredns|dns_|enable_(nodelocal|coredns|dual)|resolvconf|remove_default_search|searchdomains|nameservers|upstream|manual_dns|skydns|metallb|kube_vip|ingress_|loadbalancer|apiserver_loadbalancer|http_proxy|https_proxy|no_proxy|kube_proxy|kube_feature_gates|kubelet_(custom_flags|node_custom)|kube_kubeadm_|kube_encrypt|kube_apiserver_(ip|bind|address)|cloud_provider|external_cloud|firewalld|docker_iptables|etcd_(deployment|hosts)|use_localhost_as_kubeapi|ntp)/;

function leaveRest(layers: readonly ReadonlyMap<string, Entry>[], asked: ReadonlySet<string>, draft: Draft): void {
  const others = new Map<string, Entry[]>();
  for (const [name, entry] of layers.flatMap((layer) => [...layer])) {
    const says =
      entry.given && entry.value !== false && entry.value !== "" && entry.value !== "false" && JSON.stringify(entry.value).length > 2;
    if (asked.has(name) || !says || name.startsWith("ansible_")) continue;
    if (ofNetwork.test(name)) draft.leave(entry, ...reason(name));
    else others.set(entry.file, [...(others.get(entry.file) ?? []), entry]);
  }
  for (const [first, ...more] of others.values())
    if (first) {
      const names = [first, ...more].slice(0, 3).map(({ path: where }) => where.at(-1));
      const count = more.length + 1;
      draft.leave(
        Entry.plain(first.file, [], undefined, first.place),
        `${names.join(", ")}${count > 3 ? ` and ${count - 3} more of this file` : ""} ${count > 1 ? "don't" : "doesn't"} concern the network.`,
        "Nothing to do.",
      );
    }
}

function reason(name: string): [message: string, mend: string] {
  if (/feature_gates/.test(name)) return ["Feature gates are kubespray's to set.", "Nothing to do, unless a gate changes the network."];
  if (/encrypt/.test(name))
    return [
      "Encryption is not something that a stack says.",
      "Nothing to do for stored data; for traffic compare the provider's settings.",
    ];
  if (/^(metallb|kube_vip)/.test(name))
    return [
      "Load-balancer addresses are somebody else's here.",
      "Write their pool into cluster.loadBalancerPools, so that overlaps are found.",
    ];
  if (/^ingress_/.test(name)) return ["kubespray runs its own ingress controller.", "Write ingress.controllers, or turn kubespray's off."];
  if (/loadbalancer/.test(name)) return ["The way to the API servers is kubespray's to set.", "Nothing to do: the kubeconfig names it."];
  if (/dns|resolv|upstream|nameservers|searchdomains/.test(name))
    return ["A setting of kubespray's DNS.", "Write what you need under dns (upstream, zones)."];
  if (/cloud/.test(name))
    return ["A cloud provider may set routes and node addresses of its own.", "Check that it makes no routes for pods."];
  return ["A setting of the network that a stack has no key for, or names otherwise.", "Compare it with the sections cni and proxy."];
}
