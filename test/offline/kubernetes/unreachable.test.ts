import { KubernetesProvider } from "../../../offline/kubernetes/provider";
import { type Properties, Secret, Unknown } from "../../../offline/provider/values";
import { Program } from "./program";

const kubeconfig = (server: string) =>
  JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server } }],
  });

const configMap = {
  type: "kubernetes:core/v1:ConfigMap",
  inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cm", namespace: "test" }, data: { a: "1" } },
};

describe.each([
  // Port 1 of loopback: nothing listens there.
  ["nothing listens", kubeconfig("https://127.0.0.1:1"), /GET https:\/\/127\.0\.0\.1:1\/api\/v1: connect ECONNREFUSED/],
  ["the kubeconfig can't be read", "{", /kubeconfig: not valid YAML at line 1/],
  ["the kubeconfig is yet to come", Unknown.value, /the kubeconfig is not known yet/],
])("a cluster that can't be reached: %s", (_, kubeconfig, reason) => {
  const { type, inputs } = configMap;

  test("previews work all the same", async () => {
    const program = await Program.start({ kubeconfig });
    expect(await program.create(type, "cm", inputs, { preview: true })).toMatchObject({ id: "", inputs, state: inputs });
    const stored = { type, name: "cm", id: "test/cm", inputs, state: { ...inputs, __inputs: inputs } };
    const news = { ...inputs, data: { a: "2" } };
    expect(await program.diff(stored, news)).toMatchObject({ changes: { "data.a": "update" } });
    expect(await program.update(stored, news, { preview: true })).toMatchObject({ state: news });
  });

  test("but nothing else does", async () => {
    const program = await Program.start({ kubeconfig });
    const stored = { type, name: "cm", id: "test/cm", inputs, state: { ...inputs, __inputs: inputs } };
    await expect(program.create(type, "cm", inputs)).rejects.toThrow(/^configured Kubernetes cluster is unreachable: /);
    await expect(program.create(type, "cm", inputs)).rejects.toThrow(reason);
    await expect(program.delete(stored)).rejects.toThrow(reason);
    await expect(program.get("kubernetes:core/v1:Node", "w1")).rejects.toThrow(/^failed to read resource state due to unreachable cluster/);
    expect(program.messages).toEqual([expect.stringMatching(reason)]);
  });
});

describe("the provider's own settings", () => {
  const provider = new KubernetesProvider();
  const diff = ({ changes, replaces }: { changes: Map<string, string>; replaces?: ReadonlySet<string> }) => ({
    changes: [...changes.keys()],
    replaces: [...(replaces ?? [])],
  });
  const compare = (state: Properties, news: Properties) => {
    const request = { urn: "", name: "", type: "", id: "", oldInputs: state, ignoreChanges: [] };
    return diff(provider.diffConfig({ ...request, state, news }));
  };
  const here = { kubeconfig: new Secret(kubeconfig("https://10.0.0.1:6443")) };

  test("another server replaces the provider; another user, flag or version doesn't", () => {
    const there = { kubeconfig: new Secret(kubeconfig("https://10.0.0.2:6443")) };
    const asOther = { kubeconfig: new Secret(kubeconfig("https://10.0.0.1:6443").replace('"u"', '"v"')) };
    expect(compare(here, here)).toEqual({ changes: [], replaces: [] });
    expect(compare(here, { ...here, __internal: {} })).toEqual({ changes: [], replaces: [] });
    expect(compare(here, there)).toEqual({ changes: ["kubeconfig"], replaces: ["kubeconfig"] });
    expect(compare(here, asOther)).toEqual({ changes: ["kubeconfig"], replaces: [] });
    expect(compare(here, { ...here, enableConfigMapMutable: "true" })).toEqual({ changes: ["enableConfigMapMutable"], replaces: [] });
    expect(compare(here, { kubeconfig: Unknown.value })).toEqual({ changes: ["kubeconfig"], replaces: ["kubeconfig"] });
  });

  test("settings that would do something else here are refused", () => {
    expect(provider.checkConfig({ ...here, namespace: "a" })).toEqual({ inputs: { ...here, namespace: "a" }, failures: [] });
    const reason = "not supported by Plumbline's stand-in; leave it out, or use the official kubernetes plugin";
    const { failures } = provider.checkConfig({ renderYamlToDirectory: "out", enableServerSideApply: "false" });
    expect(failures).toEqual([
      { property: "renderYamlToDirectory", reason },
      { property: "enableServerSideApply", reason },
    ]);
  });

  test("charts and YAML files are not resources here", async () => {
    await provider.configure({ kubeconfig: "{" });
    const types = [
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:yaml/v2:ConfigFile",
      "kubernetes:kustomize:Directory",
      "kubernetes:apps/v1:DaemonSetPatch",
    ];
    expect(types.filter((type) => provider.resource(type) !== undefined)).toEqual(["kubernetes:apps/v1:DaemonSetPatch"]);
  });
});
