/** What the host must already have; checked before anything is touched, and reported with the mend. */
export type RequireItem =
  /** The directory that the container runtime reads CNI configurations from (containerd `conf_dir`, CRI-O `network_dir`). */
  | { readonly kind: "require"; readonly what: "cni-conf-dir"; readonly value: string }
  /** The file in the runtime's directory that it takes: none of somebody else's sorts before it. */
  | { readonly kind: "require"; readonly what: "cni-winner"; readonly value: string }
  /** A CNI plugin binary in the directory that the container runtime runs plugins from. */
  | { readonly kind: "require"; readonly what: "cni-plugin"; readonly value: string }
  /** The Node object's `spec.podCIDRs`, joined by commas: what the cluster expects, checked where the kubelet's credentials are at hand. */
  | { readonly kind: "require"; readonly what: "node-pod-cidrs"; readonly value: string }
  /** The DNS servers that the kubelet gives pods (`clusterDNS`), joined by commas: none but these, or a link-local one (NodeLocal DNSCache). */
  | { readonly kind: "require"; readonly what: "kubelet-cluster-dns"; readonly value: string }
  /** The DNS domain that the kubelet gives pods (`clusterDomain`). */
  | { readonly kind: "require"; readonly what: "kubelet-cluster-domain"; readonly value: string }
  /** The kubelet's `resolvConf` names no loopback address: in CoreDNS's pod that would be CoreDNS, the forward loop. */
  | { readonly kind: "require"; readonly what: "kubelet-resolv-conf"; readonly value: "loop-free" }
  /** The least version of Linux, as `5.13`. */
  | { readonly kind: "require"; readonly what: "kernel-version"; readonly value: string }
  /** On a control plane: the range from which its API server takes NodePorts, as `30000-32767`. */
  | { readonly kind: "require"; readonly what: "node-ports"; readonly value: string }
  /** A module of the kernel, loaded, built in or loadable. */
  | { readonly kind: "require"; readonly what: "kernel-module"; readonly value: string }
  /** A program that another one calls, on the PATH. */
  | { readonly kind: "require"; readonly what: "program"; readonly value: string }
  /** kube-proxy's program, and the cluster's version of Kubernetes, as `1.34`: at most three minor versions older, and never newer. */
  | { readonly kind: "require"; readonly what: "kube-proxy"; readonly path: string; readonly version: string }
  /** A kubeconfig, with which kube-proxy asks the API server. */
  | { readonly kind: "require"; readonly what: "kube-proxy-kubeconfig"; readonly value: string }
  /** No kube-proxy runs on the host but this unit's: two would write each other's rules anew. */
  | { readonly kind: "require"; readonly what: "kube-proxy-alone"; readonly value: string }
  /** The interface that has this address, the node's own, carries packets of so many bytes. */
  | { readonly kind: "require"; readonly what: "lan-mtu"; readonly address: string; readonly bytes: number };

/** Something that, if it works before the change, must still work after it; else the host goes back. */
export type ProbeItem =
  | {
      readonly kind: "probe";
      readonly protocol: "tcp" | "icmp";
      readonly address: string;
      /** Required for tcp. */
      readonly port?: number;
    }
  /** `api-name`: a connection to the API server by the name that the kubelet has for it. `resolver`: an answer from a nameserver of /etc/resolv.conf. */
  | { readonly kind: "probe"; readonly protocol: "api-name" | "resolver" };
