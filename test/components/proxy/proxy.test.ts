import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { planNetwork } from "../../../components/plan";
import { kubeProxyConfiguration } from "../../../components/proxy/configuration";
import { parseStack, requireStack } from "../../../core/stack/parse";
import { expectGolden } from "../../support/golden";
import { builtProgram, testsWith } from "../../support/judges";
import { stackFile, stackWith } from "../../support/stacks";
import { whole } from "../../support/wholeStack";

const stacks = {
  lab: stackFile("lab"),
  "prod-example": stackFile("prod-example"),
  whole: requireStack(parseStack(whole)),
  smallest: stackWith({}),
  "ipv6-only": stackWith({
    cluster: { podCIDRs: ["fd00:10:244::/56"], serviceCIDRs: ["fd00:10:96::/112"] },
    nodes: [{ name: "cp1", roles: ["control-plane", "etcd"], address: "fd00::20" }],
  }),
};

test.each(Object.entries(stacks))("the configuration of the stack %s", (name, stack) => {
  expectGolden(path.join(__dirname, "golden", `${name}.yaml`), kubeProxyConfiguration(planNetwork(stack)));
});

const kubernetes = builtProgram("kubernetes");
const judged = testsWith(kubernetes ? undefined : "kube-proxy isn't built: `plumbline lab up` builds it");

judged.test.each(Object.entries(stacks))(`kube-proxy reads and accepts the configuration of %s${judged.note}`, (_, stack) => {
  const folder = mkdtempSync(path.join(tmpdir(), "plumbline-proxy-"));
  try {
    const [config, written] = [path.join(folder, "config.conf"), path.join(folder, "written.yaml")];
    const text = kubeProxyConfiguration(planNetwork(stack));
    writeFileSync(config, text);
    // It decodes, fills in defaults, validates, and writes what it would run with.
    const { status, stderr } = spawnSync(kubernetes ?? "", [`--config=${config}`, `--write-config-to=${written}`], {
      argv0: "kube-proxy",
      encoding: "utf8",
    });
    expect({ status, isLenient: /lenient|unknown field|deprecated/.test(stderr) }).toEqual({ status: 0, isLenient: false });
    // It writes the periods and the masquerading of the mode in force only.
    const { iptables, nftables, ...ours } = parse(text) as Record<string, unknown>;
    expect(parse(readFileSync(written, "utf8"))).toMatchObject(ours);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("each configuration is a ConfigMap of its own, which the DaemonSet takes node by node; kubeadm's follows when all nodes have it", () => {
  const manifests = (mode: "iptables" | "nftables") =>
    planNetwork(stackWith({ proxy: { mode } })).manifests.filter(({ part }) => part === "proxy");
  const [own, daemonSet, kubeadms, ...others] = manifests("nftables");
  const data = { "config.conf": kubeProxyConfiguration(planNetwork(stackWith({ proxy: { mode: "nftables" } }))) };
  const name = own?.object.metadata.name ?? "";
  expect(name).toMatch(/^kube-proxy-[0-9a-f]{16}$/);
  expect(own).toMatchObject({ patch: true, object: { kind: "ConfigMap", metadata: { namespace: "kube-system" }, immutable: true, data } });
  expect(daemonSet).toMatchObject({
    patch: true,
    object: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "kube-proxy", namespace: "kube-system" },
      spec: {
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        template: { spec: { volumes: [{}, {}, {}, { name: "config", configMap: { name } }] } },
      },
    },
  });
  expect(kubeadms).toEqual({
    part: "proxy",
    patch: true,
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kube-proxy", namespace: "kube-system" }, data },
  });
  expect(others).toEqual([]);
  expect(manifests("nftables")).toEqual(manifests("nftables"));
  expect(manifests("iptables")[0]?.object.metadata.name).not.toBe(name);
});
