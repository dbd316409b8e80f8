import type { TransitProvider } from "../providers";
import { type Action, pinDaemonSet, pinInstallation, removeDefinitions, removeNamespaces, removeObjects } from "./actions";

/** Pod networks of others that Plumbline knows how to leave. kube-flannel: flannel as its own manifest installs it. */
export type Foreign = "weave" | "calico" | "cilium" | "kube-flannel";

/** What a pod network leaves on a host, and in the cluster; only what it alone makes. Patterns are extended regular expressions of grep. */
export interface Leftovers {
  /** DaemonSets of its agents, as its own installations name them: `namespace/name`. */
  readonly agents: readonly string[];
  /** Files in the container runtime's directory of CNI configurations. */
  readonly configurations: readonly string[];
  /** Other files and directories on the host. They outlive a restart. */
  readonly files: readonly string[];
  /** Names of interfaces, whole ones. They are gone after a restart. */
  readonly links: string;
  /** Names of iptables chains. They are gone after a restart. */
  readonly chains: string;
  /** Keeps its agents to nodes with the label. */
  readonly pin: readonly Action[];
  /** Where its host-local wrote the addresses of pods, if it gives them of the node's own range: ours goes on from there. */
  readonly leases?: string;
  /** Plumbline's network with the same tunnels and routes: kept beside the new one until the change is done. */
  readonly alongside?: TransitProvider;
  /** What else to mind before the first node. */
  readonly notes: readonly string[];
  /** Takes its objects out of the cluster. */
  readonly remove: readonly Action[];
}

export const leftovers: Readonly<Record<Foreign, Leftovers>> = {
  // weave 2.8.1: `weave reset`, prog/weave-kube/launch.sh, npc/constants.go, net/bridge.go
  weave: {
    agents: ["kube-system/weave-net"],
    configurations: ["10-weave.conflist"],
    files: ["/opt/cni/bin/weave-net", "/opt/cni/bin/weave-ipam", "/opt/cni/bin/weave-plugin-*", "/var/lib/weave"],
    links: "weave|datapath|vethwe.*|vxlan-6784",
    chains: "WEAVE(-.*)?",
    pin: [pinDaemonSet("kube-system/weave-net")],
    notes: [],
    remove: [
      removeObjects(
        ["daemonset/weave-net", "role/weave-net", "rolebinding/weave-net", "serviceaccount/weave-net", "configmap/weave-net"],
        "kube-system",
      ),
      removeObjects(["clusterrole/weave-net", "clusterrolebinding/weave-net"]),
    ],
  },
  // projectcalico/calico: cni-plugin/pkg/install, felix/rules/rule_defs.go, felix/dataplane; operator: api/v1/calico_node_daemonset_types.go
  calico: {
    agents: ["calico-system/calico-node", "kube-system/calico-node"],
    configurations: ["10-calico.conflist", "calico-kubeconfig"],
    files: ["/opt/cni/bin/calico", "/opt/cni/bin/calico-ipam", "/var/lib/calico"],
    links: "cali[0-9a-f]{11}|vxlan(-v6)?[.]calico|wireguard[.]cali|wg-v6[.]cali",
    chains: "cali-.*",
    pin: [pinInstallation(), pinDaemonSet("kube-system/calico-node")],
    notes: [
      "The first of the two patches is for an installation by Tigera's operator, the second for one by calico.yaml; the other one finds nothing.",
      "NetworkPolicies are enforced by Calico only: none of Plumbline's pod networks does it.",
    ],
    remove: [
      {
        kind: "remove all",
        definition: "installations.operator.tigera.io",
        apiVersion: "operator.tigera.io/v1",
        objectKind: "Installation",
        command: "kubectl delete installation.operator.tigera.io --all --ignore-not-found",
      },
      removeNamespaces(["tigera-operator", "calico-system", "calico-apiserver"]),
      removeObjects(["daemonset/calico-node", "deployment/calico-kube-controllers"], "kube-system"),
      removeDefinitions(["crd.projectcalico.org", "operator.tigera.io"]),
    ],
  },
  // cilium/cilium: install/kubernetes/cilium, plugins/cilium-cni, pkg/datapath/iptables/iptables.go, pkg/defaults
  cilium: {
    agents: ["kube-system/cilium"],
    configurations: ["05-cilium.conflist"],
    files: ["/opt/cni/bin/cilium-cni"],
    links: "cilium_(host|net|vxlan|geneve|wg0)|lxc[0-9a-f]{12}|lxc_health",
    chains: "(OLD_)?CILIUM_.*",
    pin: [
      {
        kind: "patch",
        object: { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "kube-system", name: "cilium-config" } },
        fields: { data: { "cni-exclusive": "false" } },
        command: `kubectl -n kube-system patch configmap cilium-config --type merge -p '{"data":{"cni-exclusive":"false"}}'`,
      },
      pinDaemonSet("kube-system/cilium"),
    ],
    notes: [
      "With cni-exclusive Cilium would rename every other configuration, Plumbline's too.",
      "Where Cilium stands in for kube-proxy (kubeProxyReplacement), bring kube-proxy back first: `kubeadm init phase addon kube-proxy` on a control plane, and proxy.mode other than none.",
      "Cilium's own policies are enforced by Cilium only, and NetworkPolicies by none of Plumbline's pod networks.",
    ],
    remove: [{ kind: "uninstall", command: "helm uninstall cilium --namespace kube-system" }, removeDefinitions(["cilium.io"])],
  },
  // flannel-io/flannel v0.28: Documentation/kube-flannel.yml, pkg/trafficmngr/iptables; flannel-io/cni-plugin: flannel.go. Its bridge is cni0, as ours is.
  "kube-flannel": {
    agents: ["kube-flannel/kube-flannel-ds"],
    configurations: ["10-flannel.conflist"],
    files: ["/opt/cni/bin/flannel", "/var/lib/cni/flannel", "/var/lib/cni/networks/cbr0"],
    links: "flannel(-v6)?[.][0-9]+|flannel-wg(-v6)?|flannel0",
    chains: "FLANNEL-(FWD|POSTRTG)",
    leases: "/var/lib/cni/networks/cbr0",
    alongside: "flannel",
    pin: [pinDaemonSet("kube-flannel/kube-flannel-ds")],
    notes: [],
    remove: [removeNamespaces(["kube-flannel"]), removeObjects(["clusterrole/flannel", "clusterrolebinding/flannel"])],
  },
};

export const foreignNetworks = Object.keys(leftovers) as Foreign[];
export const isForeign = (network: string): network is Foreign => network in leftovers;
