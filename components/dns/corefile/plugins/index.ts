import { backends } from "./backends";
import { cache, errors, health, hosts, loadbalance, log, loop, prometheus, ready, reload } from "./cluster";
import { forward } from "./forward";
import { autopath, k8sExternal, kubernetes } from "./kubernetes";
import { queries } from "./queries";
import { rewrite } from "./rewrite";
import { serving } from "./serving";
import { args, many, type PluginSpec } from "./spec";
import { header, template } from "./template";
import { word } from "./values";
import { zones } from "./zones";

const anything = args(0, many, word("anything", ""));

/** The plugins of CoreDNS's own build (plugin.cfg), with those that were removed. */
export const plugins: Readonly<Record<string, PluginSpec>> = {
  ...backends,
  ...queries,
  ...serving,
  ...zones,
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
