import { addresses, type Example, listOf } from "./example";

const bridge = `"type": "bridge", "isGateway": true, ${addresses}`;
const good = listOf(bridge);
const list = (keys: string) => `{"name": "pods", ${keys}, "plugins": [{${bridge}}]}`;

export const notation: readonly Example[] = [
  { name: "a comment", bad: `// pods\n${good}`, findings: ["error: JSON has no comments: the runtime refuses the file."], good },
  {
    name: "a comma behind the last",
    bad: good.replace("}\n  ]", "},\n  ]"),
    findings: ["error: The comma behind the last one is not allowed in JSON."],
    good,
  },
  { name: "a comma missing", bad: good.replace('"1.0.0",', '"1.0.0"'), findings: ['error: found ", expected a comma or }.'], good },
  { name: "single quotes", bad: good.replace('"pods"', "'pods'"), findings: ["error: JSON has no single quotes."], good },
  { name: "a key without quotes", bad: good.replace('"name"', "name"), findings: ["error: The key name has no quotes."], good },
  { name: "a word of Python", bad: good.replace("true", "True"), findings: ["error: True is no JSON value."], good },
  { name: "a brace missing", bad: good.replace("}\n  ]", "\n  ]"), findings: ["error: found ], expected } for the { of line 5."], good },
  { name: "a second object", bad: `${good}{}`, findings: ["error: found { after the end of the configuration."], good },
  {
    name: "a byte order mark",
    bad: `\uFEFF${good}`,
    findings: ["error: The file begins with a byte order mark, which JSON doesn't allow."],
    good,
  },
  {
    name: "YAML",
    bad: "cniVersion: 1.0.0\nname: pods\nplugins:\n- type: bridge\n",
    findings: ["error: is YAML; container runtimes read JSON only."],
    good,
  },
  {
    name: "an object for Multus",
    bad: "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nspec:\n  config: '{}'\n",
    findings: ["error: is a Kubernetes object for Multus, not a CNI configuration."],
    good,
  },
  { name: "nothing", bad: "\n", findings: ["error: is empty: the runtime refuses it."], good },
  { name: "a text without a form", bad: "hello\n", findings: ["error: is no JSON: container runtimes read nothing else."], good },
  { name: "a list at the top", bad: `[{${bridge}}]`, findings: ["error: found a list, expected one object."], good },
  {
    name: "a key that is there twice",
    bad: list('"cniVersion": "1.0.0", "cniVersion": "1.0.0"'),
    findings: ["warning cniVersion: is written twice, and only the last one counts."],
    good: list('"cniVersion": "1.0.0"'),
  },
];

export const head: readonly Example[] = [
  {
    name: "no name",
    bad: good.replace('"name": "pods",', ""),
    findings: ["error: has no name: the runtime refuses a network without one."],
    good,
  },
  {
    name: "an empty name",
    bad: good.replace('"pods"', '""'),
    findings: ["error name: has no name: the runtime refuses a network without one."],
    good,
  },
  { name: "a number as name", bad: good.replace('"pods"', "7"), findings: ["error name: found 7, expected a text."], good },
  {
    name: "a name with a space",
    bad: good.replace('"pods"', '"my pods"'),
    findings: [
      "error name: \"my pods\" is no name for a network: the runtime takes letters, digits, '_', '.' and '-', with a letter or digit first.",
    ],
    good: good.replace('"pods"', '"my-pods_1.x"'),
  },
  {
    name: "a name that begins with a dot",
    bad: good.replace('"pods"', '".pods"'),
    findings: [
      "error name: \".pods\" is no name for a network: the runtime takes letters, digits, '_', '.' and '-', with a letter or digit first.",
    ],
    good,
  },
  {
    name: "no version",
    bad: good.replace('"cniVersion": "1.0.0",', ""),
    findings: ["warning: has no cniVersion, which means 0.1.0: it knows one address per family and no CHECK, and some plugins refuse it."],
    good,
  },
  {
    name: "a version with a v",
    bad: list('"cniVersion": "v1.0.0"'),
    findings: ['error cniVersion: "v1.0.0" is no version of the CNI specification, so plugins refuse to run.'],
    good: list('"cniVersion": "0.4.0"'),
  },
  {
    name: "half a version",
    bad: list('"cniVersion": "1.0"'),
    findings: ['error cniVersion: "1.0" is no version of the CNI specification, so plugins refuse to run.'],
    good: list('"cniVersion": "0.3.1"'),
  },
  {
    name: "a number as version",
    bad: list('"cniVersion": 1.0'),
    findings: ["error cniVersion: found 1, expected a text."],
    good: list('"cniVersion": "1.0.0"'),
  },
  {
    name: "a version that isn't there yet",
    bad: list('"cniVersion": "2.0.0"'),
    findings: ['error cniVersion: "2.0.0" is no version of the CNI specification, so plugins refuse to run.'],
    good: list('"cniVersion": "1.1.0"'),
  },
  {
    name: "a version of 2016",
    bad: list('"cniVersion": "0.2.0"'),
    findings: ["warning cniVersion: 0.2.0 is from 2016: it knows one address per family and no CHECK, and some plugins refuse it."],
    good: list('"cniVersion": "0.3.1"'),
  },
  {
    name: "cniVersions that are no list",
    bad: list('"cniVersion": "1.0.0", "cniVersions": "1.1.0"'),
    findings: ['error cniVersions: found "1.1.0", expected a list: the runtime refuses the file.'],
    good: list('"cniVersion": "1.0.0", "cniVersions": ["1.0.0", "1.1.0"]'),
  },
  {
    name: "disableGC before 1.1.0",
    bad: list('"cniVersion": "1.0.0", "disableGC": true'),
    findings: ["warning disableGC: came with CNI 1.1.0; with cniVersion 1.0.0 runtimes leave it unread or without effect."],
    good: list('"cniVersion": "1.1.0", "disableGC": true'),
  },
  {
    name: "disableCheck before 0.4.0",
    bad: list('"cniVersion": "0.3.1", "disableCheck": true'),
    findings: ["warning disableCheck: came with CNI 0.4.0; with cniVersion 0.3.1 runtimes leave it unread or without effect."],
    good: list('"cniVersion": "0.4.0", "disableCheck": true'),
  },
  {
    name: "a number as switch",
    bad: list('"cniVersion": "1.0.0", "disableCheck": 1'),
    findings: ["error disableCheck: found 1, expected true or false: the runtime refuses the file."],
    good: list('"cniVersion": "1.0.0", "disableCheck": "true"'),
  },
  {
    name: "loadOnlyInlinedPlugins without plugins",
    bad: '{"cniVersion": "1.1.0", "name": "pods", "loadOnlyInlinedPlugins": true}',
    findings: ["error loadOnlyInlinedPlugins: asks for the plugins of this file alone, and it has none: the runtime refuses it."],
    good: list('"cniVersion": "1.1.0", "loadOnlyInlinedPlugins": true'),
    options: { kind: "list", hasPluginFolder: true },
  },
  {
    name: "an unknown key of a list",
    bad: list('"cniVersion": "1.0.0", "disableChecks": true'),
    findings: ["warning disableChecks: is no known key of a conflist, so it is ignored without a word."],
    good: list('"cniVersion": "1.0.0", "_comment": "pods"'),
  },
  {
    name: "other letters in a list",
    bad: list('"cniversion": "1.0.0"'),
    findings: [
      "warning: has no cniVersion, which means 0.1.0: it knows one address per family and no CHECK, and some plugins refuse it.",
      "warning cniversion: is not read: in a conflist the runtime knows cniVersion in these very letters only.",
    ],
    good: list('"cniVersion": "1.0.0"'),
  },
  {
    name: "a plugin's key in the list",
    bad: list('"cniVersion": "1.0.0", "mtu": 1450'),
    findings: ["warning mtu: is a plugin's key: beside plugins nobody reads it."],
    good: listOf(`${bridge}, "mtu": 1450`),
  },
];
