import type { HostItem } from "../../core/host";
import type { PlannedNode } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Stack } from "../../core/stack/schema";
import { fileHeader } from "../node/fileHeader";

/** The name that guides give it: a unit of that name that was here before makes way, instead of running beside ours, and comes back by destroy. */
const unit = "kube-proxy.service";
const unitFile = `/etc/systemd/system/${unit}`;
const configFile = "/var/lib/kube-proxy/config.conf";

/** Programs that kube-proxy calls (source: pkg/proxy and pkg/util/iptables, ipset), and the shell of our unit. */
const programs = { iptables: ["bash", "iptables"], nftables: ["bash", "nft"], ipvs: ["bash", "iptables", "ipset"], none: [] };

/** kube-proxy as a service of the host, with the same configuration as in pods. Program and credentials are the user's to put there. */
export function hostService({ stack }: Context, { name }: PlannedNode, config: string): HostItem[] {
  const { cluster, proxy } = stack;
  const { binary, kubeconfig } = proxy.host;
  return [
    { kind: "require", what: "kube-proxy", path: binary, version: cluster.kubernetes },
    { kind: "require", what: "kube-proxy-kubeconfig", value: kubeconfig },
    { kind: "require", what: "kube-proxy-alone", value: unit },
    ...programs[proxy.mode].map((value) => ({ kind: "require", what: "program", value }) as const),
    { kind: "file", path: configFile, mode: "0644", content: `${fileHeader}${config}` },
    { kind: "file", path: unitFile, mode: "0644", content: fileHeader + unitText(name, binary, metricsAddress(stack)) },
    { kind: "service", name: unit, files: [configFile, unitFile] },
  ];
}

/** Where kube-proxy's metrics answer on the host itself, as bash writes it: `127.0.0.1/10249`. Their default is loopback of the family of bindAddress. */
function metricsAddress({ cluster, proxy }: Stack): string {
  const isIPv6 = cluster.podCIDRs[0]?.family === 6;
  const bound = proxy.metrics?.bindAddress ?? (isIPv6 ? "[::1]:10249" : "127.0.0.1:10249");
  const colon = bound.lastIndexOf(":");
  const host = bound.slice(0, colon).replace(/[[\]]/g, "");
  return `${host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host}/${bound.slice(colon + 1)}`;
}

/**
 * It is up when it has written its rules once, which its metrics tell: a wrong configuration ends it, but with wrong credentials it runs on and does nothing.
 * systemd waits for that, and so does the agent, which goes back when it doesn't come.
 */
const unitText = (node: string, binary: string, metrics: string) => `[Unit]
Description=kube-proxy: the services' addresses on this node
Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
Wants=network-online.target
After=network-online.target plumbline-routes.service
StartLimitIntervalSec=0

[Service]
ExecStart=${binary} --config=${configFile} --hostname-override=${node}
ExecStartPost=/bin/bash -c 'until (exec 3<>/dev/tcp/${metrics} && printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q "^kubeproxy_sync_proxy_rules_last_timestamp_seconds.* [1-9]" <&3) 2>/dev/null; do kill -0 \${MAINPID} || exit 1; sleep 1; done'
TimeoutStartSec=45
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
