import type { HostItem } from "../../../core/host";

/** What a worker of a small cluster gets, in no particular order. */
export const workerItems: readonly HostItem[] = [
  {
    kind: "nftables",
    table:
      'table inet plumbline {\n  chain input {\n    type filter hook input priority filter; policy drop;\n\n    tcp dport 22 accept comment "failsafe: SSH"\n  }\n}\n',
  },
  { kind: "route", destination: "10.244.10.0/24", via: "10.100.0.30" },
  { kind: "route", destination: "10.244.2.0/24", via: "10.100.0.22" },
  { kind: "route", destination: "10.244.0.0/16" },
  { kind: "route", destination: "fd00:244:0:2::/64", via: "fd00:100::22" },
  { kind: "route", destination: "10.244.3.0/24", via: "10.244.3.0", link: "plumbline0" },
  { kind: "fdb", mac: "02:00:00:00:00:23", destination: "10.100.0.23", link: "plumbline0" },
  { kind: "neighbour", address: "10.244.3.0", mac: "02:00:00:00:00:23", link: "plumbline0" },
  { kind: "address", address: "fd00:244:0:1::/128", link: "plumbline0" },
  { kind: "address", address: "10.244.1.0/32", link: "plumbline0" },
  {
    kind: "link",
    name: "plumbline0",
    mtu: 1450,
    mac: "02:00:00:00:00:21",
    type: "vxlan id 1 local 10.100.0.21 dstport 4789 nolearning",
  },
  { kind: "foreign-link", name: "flannel.1" },
  { kind: "link-mtu", name: "cni0", bytes: 1450 },
  { kind: "take-over", what: "routes" },
  { kind: "file", path: "/etc/cni/net.d/10-plumbline.conflist", mode: "0644", content: '{\n  "cniVersion": "1.0.0"\n}\n' },
  { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
  { kind: "sysctl", key: "net.ipv4.conf.eth0/100.rp_filter", value: "2" },
  { kind: "sysctl", key: "net.ipv4.ip_local_port_range", value: "32768\t60999" },
  { kind: "probe", protocol: "icmp", address: "10.100.0.20" },
  { kind: "probe", protocol: "tcp", address: "10.100.0.20", port: 6443 },
  { kind: "require", what: "lan-mtu", address: "10.100.0.21", bytes: 1500 },
  { kind: "require", what: "cni-plugin", value: "portmap" },
  { kind: "require", what: "cni-plugin", value: "bridge" },
  { kind: "require", what: "cni-conf-dir", value: "/etc/cni/net.d" },
];
