import { cache, errors, health, hosts, loadbalance, log, loop, prometheus, ready, reload } from "./cluster";
import { forward } from "./forward";
import { autopath, k8sExternal, kubernetes } from "./kubernetes";
import { others } from "./others";
import { header, rewrite, template } from "./rewriting";
import { args, many, type PluginSpec } from "./spec";
import { word } from "./values";

const anything = args(0, many, word("anything", ""));

/** The plugins of CoreDNS's own build (plugin.cfg), with those that were removed. */
export const plugins: Readonly<Record<string, PluginSpec>> = {
  ...others,
  autopath,
  cache,
  errors,
  forward,
  header,
  health,
  hosts,
  k8s_external: k8sExternal,
  kubernetes,
  loadbalance,
  log,
  loop,
  prometheus,
  ready,
  reload,
  rewrite,
  template,
  proxy: {
    args: anything,
    block: {},
    other: () => undefined,
    twice: "all",
    until: "1.5.0",
    mend: "Write forward instead: forward . /etc/resolv.conf",
    changes: [
      {
        since: "1.4.0",
        state: "deprecated",
        why: "1.5.0 doesn't start with it",
        mend: "Write forward instead: forward . /etc/resolv.conf",
      },
    ],
  },
  federation: {
    args: anything,
    block: {},
    other: () => undefined,
    twice: "all",
    until: "1.7.0",
    mend: "Remove it: Kubernetes has no federation of that kind any more.",
  },
};

/** Order in which CoreDNS asks its plugins, whatever the order in the file (plugin.cfg of 1.14.7). */
export const pluginOrder: readonly string[] =
  `root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof shed prometheus
errors log dnstap local dns64 any chaos loadbalance tsig rewrite autopath acl cache header dnssec tls minimal template transfer hosts route53 azure clouddns
k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad`.split(/\s+/);
