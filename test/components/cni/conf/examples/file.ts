import { addresses, type Example, listOf } from "./example";

const bridge = `"type": "bridge", "isGateway": true, ${addresses}`;
const good = listOf(bridge);
const list = (keys: string) => `{"name": "pods", ${keys}, "plugins": [{${bridge}}]}`;

export const notation: readonly Example[] = [
  { name: "a comment", bad: `// pods\n${good}`, findings: [], good },
  { name: "a comma behind the last", bad: good.replace("}\n  ]", "},\n  ]"), findings: [], good },
  { name: "a comma missing", bad: good.replace('"1.0.0",', '"1.0.0"'), findings: [], good },
  { name: "single quotes", bad: good.replace('"pods"', "'pods'"), findings: [], good },
  { name: "a key without quotes", bad: good.replace('"name"', "name"), findings: [], good },
  { name: "a word of Python", bad: good.replace("true", "True"), findings: [], good },
  { name: "a brace missing", bad: good.replace("}\n  ]", "\n  ]"), findings: [], good },
  { name: "a second object", bad: `${good}{}`, findings: [], good },
  { name: "a byte order mark", bad: `\uFEFF${good}`, findings: [], good },
  { name: "YAML", bad: "cniVersion: 1.0.0\nname: pods\nplugins:\n- type: bridge\n", findings: [], good },
  { name: "an object for Multus", bad: "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nspec:\n  config: '{}'\n", findings: [], good },
  { name: "nothing", bad: "\n", findings: [], good },
  { name: "a text without a form", bad: "hello\n", findings: [], good },
  { name: "a list at the top", bad: `[{${bridge}}]`, findings: [], good },
  { name: "a key that is there twice", bad: list('"cniVersion": "1.0.0", "cniVersion": "1.0.0"'), findings: [], good: list('"cniVersion": "1.0.0"') },
];

export const head: readonly Example[] = [
  { name: "no name", bad: good.replace('"name": "pods",', ""), findings: [], good },
  { name: "an empty name", bad: good.replace('"pods"', '""'), findings: [], good },
  { name: "a number as name", bad: good.replace('"pods"', "7"), findings: [], good },
  { name: "a name with a space", bad: good.replace('"pods"', '"my pods"'), findings: [], good: good.replace('"pods"', '"my-pods_1.x"') },
  { name: "a name that begins with a dot", bad: good.replace('"pods"', '".pods"'), findings: [], good },
  { name: "no version", bad: good.replace('"cniVersion": "1.0.0",', ""), findings: [], good },
  { name: "a version with a v", bad: list('"cniVersion": "v1.0.0"'), findings: [], good: list('"cniVersion": "0.4.0"') },
  { name: "half a version", bad: list('"cniVersion": "1.0"'), findings: [], good: list('"cniVersion": "0.3.1"') },
  { name: "a number as version", bad: list('"cniVersion": 1.0'), findings: [], good: list('"cniVersion": "1.0.0"') },
  { name: "a version that isn't there yet", bad: list('"cniVersion": "2.0.0"'), findings: [], good: list('"cniVersion": "1.1.0"') },
  { name: "a version of 2016", bad: list('"cniVersion": "0.2.0"'), findings: [], good: list('"cniVersion": "0.3.1"') },
  { name: "cniVersions that are no list", bad: list('"cniVersion": "1.0.0", "cniVersions": "1.1.0"'), findings: [], good: list('"cniVersion": "1.0.0", "cniVersions": ["1.0.0", "1.1.0"]') },
  { name: "disableGC before 1.1.0", bad: list('"cniVersion": "1.0.0", "disableGC": true'), findings: [], good: list('"cniVersion": "1.1.0", "disableGC": true') },
  { name: "disableCheck before 0.4.0", bad: list('"cniVersion": "0.3.1", "disableCheck": true'), findings: [], good: list('"cniVersion": "0.4.0", "disableCheck": true') },
  { name: "a number as switch", bad: list('"cniVersion": "1.0.0", "disableCheck": 1'), findings: [], good: list('"cniVersion": "1.0.0", "disableCheck": "true"') },
  { name: "loadOnlyInlinedPlugins without plugins", bad: '{"cniVersion": "1.1.0", "name": "pods", "loadOnlyInlinedPlugins": true}', findings: [], good: list('"cniVersion": "1.1.0", "loadOnlyInlinedPlugins": true'), options: { kind: "list", hasPluginFolder: true } },
  { name: "an unknown key of a list", bad: list('"cniVersion": "1.0.0", "disableChecks": true'), findings: [], good: list('"cniVersion": "1.0.0", "_comment": "pods"') },
  { name: "other letters in a list", bad: list('"cniversion": "1.0.0"'), findings: [], good: list('"cniVersion": "1.0.0"') },
  { name: "a plugin's key in the list", bad: list('"cniVersion": "1.0.0", "mtu": 1450'), findings: [], good: listOf(`${bridge}, "mtu": 1450`) },
];
