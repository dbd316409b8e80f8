/** Something of others' that Plumbline installs, renders for, or judges by: the version that this was made and tested with. */
export interface Pinned {
  readonly version: string;
  /** Minor versions of Kubernetes that its makers test it with; undefined: it doesn't depend on them. */
  readonly kubernetes?: string;
  /** The least version of Linux. */
  readonly kernel?: string;
}

/** In one place; docs/cni.md shows the same table (test/core/versions.test.ts). */
export const versions = {
  // Documentation/kubernetes.md of flannel: Kubernetes 1.17 and later.
  flannel: { version: "v0.28.10", kubernetes: "1.17 and later" },
  // docs.tigera.io, Calico 3.31, "System requirements".
  calico: { version: "v3.31.4", kubernetes: "1.32 to 1.34", kernel: "5.10" },
  // Documentation/network/kubernetes/compatibility.rst and operations/system_requirements.rst of Cilium 1.19.
  cilium: { version: "1.19.6", kubernetes: "1.32 to 1.35", kernel: "5.10" },
  // metallb.io, release notes and "Requirements": Kubernetes 1.13 and later.
  metallb: { version: "v0.15.2" },
  // kube-vip.io: no version of Kubernetes is named; it uses the API of Services, EndpointSlices and Leases.
  "kube-vip": { version: "v1.0.0" },
  "kube-vip-cloud-provider": { version: "v0.0.12" },
  /** containernetworking/plugins: by these `plumbline cni lint` judges. */
  plugins: { version: "v1.9.1" },
} as const satisfies Record<string, Pinned>;

/** What the stack's Gateway API objects are written for, and the lab's Traefik: its standard channel is in components/ingress/gatewayApi. TLSRoute's own rules (isIP) need Kubernetes 1.31. */
export const gatewayApi = { version: "v1.6.3", kubernetes: "1.31 and later" } as const satisfies Pinned;
