import type { HostFile } from "./hostFiles";
import { pauseImage } from "./images";

/**
 * containerd as Debian configures it, with what the lab adds. It reads CNI configurations from /etc/cni/net.d and runs the plugins in
 * /usr/lib/cni, which is where Debian's containernetworking-plugins puts them.
 */
const containerdConfig = `version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # The lab's kernel may have no AppArmor, and a host may not lower an OOM score.
  disable_apparmor = true
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
`;

/** The kubelet's unit as Kubernetes' Debian packages have it: it restarts until kubeadm has written its configuration. */
const kubeletUnit = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

/** kubeadm's drop-in for it. */
const kubeadmDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

/** Mounts made in a pod or for it have to be seen on both sides, as they are on a machine of its own. */
const containerdDropIn = `[Service]
ExecStartPre=/bin/mount --make-rshared /
`;

/** What a machine has before \`kubeadm init\` or \`join\`: a container runtime and a kubelet. No network for pods: that is the user's part. */
export const nodeFiles: readonly HostFile[] = [
  { path: "/etc/containerd/config.toml", content: containerdConfig },
  { path: "/etc/systemd/system/containerd.service.d/lab.conf", content: containerdDropIn },
  { path: "/usr/lib/systemd/system/kubelet.service", content: kubeletUnit },
  { path: "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", content: kubeadmDropIn },
];

/** The units that a cluster node starts at boot. */
export const nodeUnits: readonly string[] = ["containerd.service", "kubelet.service"];
