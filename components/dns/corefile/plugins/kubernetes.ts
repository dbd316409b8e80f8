import type { Stanza } from "../stanza";
import { isReverse, zonesOf } from "../zones";
import { args, many, none, type PluginSpec, type Say, type Surroundings } from "./spec";
import { decimal, domain, duration, integer, isCidr, oneOf, selectorProblem, word } from "./values";

const zone = word("a zone", "cluster.local");
const fallthrough = { args: args(0, many, word("a zone", "in-addr.arpa")) };
const ttl = { args: args(1, 1, integer(0, 3600)), loose: true };
const label = word("a label selector", "app=web");

/** plugin/kubernetes/setup.go of CoreDNS 1.14.7; what older versions had, from theirs. */
export const kubernetes: PluginSpec = {
  args: args(0, many, zone),
  twice: "refused",
  block: {
    endpoint_pod_names: { args: none },
    pods: { args: args(1, 1, oneOf(["disabled", "insecure", "verified"])) },
    namespaces: { args: args(1, many, word("a namespace", "default")) },
    endpoint: { args: args(1, many, word("the URL of the API server", "https://10.0.0.1:6443")) },
    tls: {
      args: args(3, 3, word("the files of certificate, key and authority", "cert.pem"), word("a key", "key.pem"), word("a CA", "ca.pem")),
    },
    kubeconfig: { args: args(1, 2, word("a kubeconfig", "/etc/coredns/kubeconfig"), word("a context", "admin")), since: "1.2.6" },
    labels: { args: args(1, many, label) },
    namespace_labels: { args: args(1, many, label), since: "1.5.0" },
    fallthrough,
    ttl,
    noendpoints: { args: none },
    zonal: { args: none, since: "1.14.7" },
    ignore: { args: args(0, 1, oneOf(["empty_service"])), loose: true },
    multicluster: { args: args(0, many, zone), since: "1.12.2" },
    startup_timeout: { args: args(1, 1, duration()), loose: true, since: "1.12.3" },
    apiserver_qps: { args: args(1, 1, decimal(0, Number.MAX_VALUE, "50")), since: "1.14.0" },
    apiserver_burst: { args: args(1, 1, integer(0)), since: "1.14.0" },
    apiserver_max_inflight: { args: args(1, 1, integer(0)), since: "1.14.0" },
    upstream: {
      args: args(0, many, word("a server", "10.0.0.53")),
      until: "1.7.0",
      mend: "Remove the line: since 1.5.0 external names are looked up by the server itself.",
      changes: [
        {
          since: "1.4.0",
          until: "1.5.0",
          state: "deprecated",
          why: "external names are looked up by the server itself from 1.5.0 on",
          mend: "Remove the line when CoreDNS is 1.5.0 or later.",
        },
        {
          since: "1.5.0",
          until: "1.7.0",
          state: "ignored",
          why: "external names are looked up by the server itself; 1.7.0 doesn't start with it",
          mend: "Remove the line.",
        },
      ],
    },
    resyncperiod: {
      args: args(1, 1, duration()),
      until: "1.7.0",
      mend: "Remove the line: nothing is resynced since 1.6.0.",
      changes: [
        { since: "1.5.0", until: "1.6.0", state: "deprecated", why: "1.6.0 ignores it", mend: "Remove the line." },
        { since: "1.6.0", until: "1.7.0", state: "ignored", why: "1.7.0 doesn't start with it", mend: "Remove the line." },
      ],
    },
    transfer: {
      args: args(1, many, word("to and addresses", "to *")),
      until: "1.8.0",
      mend: "Write the plugin transfer beside kubernetes: transfer ZONE { to ADDRESS }.",
    },
  },
  check: (stanza, say, around) => {
    zones(stanza, say, around);
    clashes(stanza, say);
    selectors(stanza, say);
    endpoints(stanza, say);
    fallthroughZones(stanza, say, around);
    podModes(stanza, say);
    lowTtl(stanza, say);
  },
};

const named = (stanza: Stanza, name: string) => stanza.properties.filter((property) => property.name.text === name);

function zones(stanza: Stanza, say: Say, { keys }: Surroundings): void {
  if (stanza.args.some(({ variable }) => variable) || (stanza.args.length === 0 && keys.some(({ variable }) => variable))) return;
  const found = zonesOf(stanza.args, keys);
  if (found.length > 0 && !found.some((zone) => !isReverse(zone))) {
    const message = "serves reverse zones only; CoreDNS wants at least one zone of names first.";
    say(
      "error",
      stanza.name,
      `kubernetes ${message}`,
      `Write for example: kubernetes cluster.local ${stanza.args.map(({ text }) => text).join(" ")}`.trimEnd(),
    );
  }
  const names = found.filter((name) => !isReverse(`.${name}`));
  if (found.length > 0 && names.length === 0 && found.some((name) => !isReverse(name))) {
    const message = "kubernetes serves reverse zones only: no name of a Service is answered.";
    say("warning", stanza.name, message, "Write for example: kubernetes cluster.local in-addr.arpa ip6.arpa");
  }
  if (found.length === 1 && found[0] === ".") {
    const message = "serves the root zone: every name that is no service of the cluster is answered with NXDOMAIN.";
    const has = named(stanza, "fallthrough").length > 0;
    if (!has)
      say(
        "warning",
        stanza.name,
        `kubernetes ${message}`,
        "Name the cluster's domain: kubernetes cluster.local in-addr.arpa ip6.arpa { … }",
      );
  }
}

function clashes(stanza: Stanza, say: Say): void {
  const [namespaces] = named(stanza, "namespaces");
  const [labels] = named(stanza, "namespace_labels");
  if (namespaces && labels) {
    say("error", labels.name, "kubernetes takes namespaces or namespace_labels, not both.", "Keep one of the two lines.");
  }
  const [zonal] = named(stanza, "zonal");
  const [noendpoints] = named(stanza, "noendpoints");
  if (zonal && noendpoints)
    say("error", zonal.name, "zonal needs the endpoints that noendpoints leaves out.", "Remove noendpoints, or zonal.");
  const served = zonesOf(stanza.args, []);
  for (const { args } of named(stanza, "multicluster")) {
    for (const zone of args.filter(({ variable }) => !variable)) {
      if (served.length > 0 && zonesOf([zone], []).some((name) => !served.includes(name))) {
        const message = `kubernetes doesn't serve the multicluster zone ${zone.text}.`;
        say(
          "error",
          zone,
          message,
          `Write it on the first line too: kubernetes ${stanza.args.map(({ text }) => text).join(" ")} ${zone.text}`,
        );
      }
    }
  }
}

function selectors(stanza: Stanza, say: Say): void {
  for (const { name, args } of stanza.properties.filter(({ name }) => ["labels", "namespace_labels"].includes(name.text))) {
    const [first] = args;
    const why = first && !args.some(({ variable }) => variable) ? selectorProblem(args.map(({ text }) => text).join(" ")) : undefined;
    if (first && why)
      say("error", first, `${name.text} wants a label selector: ${why}.`, `Write for example: ${name.text} app=web,tier!=test`);
  }
}

function endpoints(stanza: Stanza, say: Say): void {
  for (const { args } of named(stanza, "endpoint")) {
    const [, second] = args;
    if (second) say("warning", second, "CoreDNS uses the first endpoint only.", "Keep one, or put a load balancer before the API servers.");
  }
}

/** A fallthrough for a zone that the plugin doesn't serve does nothing. */
function fallthroughZones(stanza: Stanza, say: Say, { keys }: Surroundings): void {
  if ([...stanza.args, ...keys].some(({ variable }) => variable)) return;
  const served = zonesOf(stanza.args, keys);
  for (const { args } of named(stanza, "fallthrough")) {
    for (const zone of args.filter(({ variable, text }) => !variable && !isCidr(text) && domain.refuses(text) === undefined)) {
      const [name = "."] = zonesOf([zone], []);
      const touches = served.some(
        (other) => name === other || name === "." || other === "." || name.endsWith(`.${other}`) || other.endsWith(`.${name}`),
      );
      if (!touches) {
        say(
          "warning",
          zone,
          `fallthrough ${zone.text} does nothing: kubernetes serves ${served.join(", ")}.`,
          "Remove it, or serve the zone on the first line.",
        );
      }
    }
  }
}

function podModes(stanza: Stanza, say: Say): void {
  for (const { name, args } of named(stanza, "pods")) {
    if (args[0]?.text === "verified") {
      say(
        "info",
        name,
        "pods verified watches every pod of the cluster, which takes memory and load on the API server.",
        "Keep it for autopath; else pods disabled or insecure is enough.",
      );
    }
  }
}

function lowTtl(stanza: Stanza, say: Say): void {
  for (const { name, args } of named(stanza, "ttl")) {
    const [value] = args;
    if (value?.text === "0")
      say(
        "warning",
        name,
        "ttl 0 means that nobody keeps an answer: each lookup comes to CoreDNS.",
        "Write ttl 5 (the default) or ttl 30 (kubeadm's).",
      );
    else if (/^\d+$/.test(value?.text ?? "") && Number(value?.text) > 300 && Number(value?.text) <= 3600) {
      say(
        "warning",
        name,
        `ttl ${value?.text} keeps clients on addresses of services and pods that are gone.`,
        "Write ttl 30, kubeadm's value.",
      );
    }
  }
}

/** plugin/k8s_external/setup.go. */
export const k8sExternal: PluginSpec = {
  since: "1.3.0",
  args: args(0, many, zone),
  twice: "last",
  block: {
    ttl,
    apex: { args: args(1, 1, word("a name", "dns")), loose: true },
    headless: { args: none, reads: 0, since: "1.9.4" },
    fallthrough: { ...fallthrough, since: "1.11.0" },
  },
};

/** plugin/autopath/setup.go. */
export const autopath: PluginSpec = {
  args: args(1, many, word("@kubernetes or a resolv.conf", "@kubernetes")),
  twice: "last",
  block: "refused",
  check: ({ args }, say) => {
    const source = args.at(-1);
    if (!source || source.variable || /^@|\/|\.conf$/.test(source.text)) return;
    const mend =
      source.text === "kubernetes"
        ? "Write: autopath @kubernetes"
        : `Write: autopath ${args.map(({ text }) => text).join(" ")} @kubernetes`;
    say("error", source, `autopath takes ${source.text} for a resolv.conf, and there is no such file.`, mend);
  },
};
