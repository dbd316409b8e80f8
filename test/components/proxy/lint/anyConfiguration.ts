import fc from "fast-check";
import { type Field, type Fields, fields, type ScalarType } from "../../../../components/proxy/lint/fields";

/** Values of every type, right and wrong, on both sides of the limits. */
const values: Readonly<Record<ScalarType, readonly unknown[]>> = {
  string: [
    "",
    "iptables",
    "nftables",
    "ipvs",
    "ClusterCIDR",
    "10.244.0.0/16",
    "10.0.0.1",
    "10.0.0.1:80",
    "[::]:1",
    "::",
    "0.0.0.0:70000",
    "x",
    "1.33",
    5,
    true,
    null,
    [],
  ],
  bool: [true, false, null, "true", 1],
  int32: [0, 1, -1, 14, 31, 32, 1000, -1000, 1001, 2147483647, 2147483648, 1.5, "1", null, true],
  uint32: [0, 5, -1, 2147483648, 4294967296, "1", null],
  float32: [0, 1.5, -1, 1e39, "1", null],
  duration: ["0s", "1s", "500ms", "-1s", "1m30s", "30", "", 30, "1d", null, "1.5h", ".5s"],
  optionalDuration: ["0s", "1s", "500ms", "-1s", "30", 30, null],
  durationOrNumber: ["0s", "5s", 5, -5, 5.5, "5", null],
  quantity: ["0", "1Mi", 512, "big", "1e3", "-1", null, true],
  strings: [
    [],
    ["primary"],
    ["primary", "10.0.0.0/8"],
    ["10.0.0.0/8", "10.1.0.1/16"],
    ["::/0"],
    ["10.0.0.0"],
    [null],
    [5],
    "10.0.0.0/8",
    null,
  ],
  bools: [
    {},
    { NFTablesProxyMode: true },
    { NFTablesProxyMode: false },
    { Bogus: true },
    { LoggingAlphaOptions: true },
    { ContextualLogging: null },
    { X: "true" },
    [],
    null,
  ],
};

/** Modes and the like are as often right as wrong, so that the settings which depend on them are met. */
const special: Readonly<Record<string, readonly unknown[]>> = {
  mode: ["", "iptables", "nftables", "ipvs", "userspace", "IPVS"],
  detectLocalMode: ["", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", "x"],
  clusterCIDR: [
    "",
    "10.244.0.0/16",
    "10.244.0.0/16,fd00::/64",
    "10.0.0.0/8,10.1.0.0/16",
    "10.244.0.0",
    "10.244.0.0/16, fd00::/64",
    "fd00::/129",
    "010.1.0.0/016",
    "1.2.3.4/33",
    "::ffff:1.2.3.4/100",
  ],
  format: ["", "text", "json", "xml"],
};

function anyOf(name: string, field: Field): fc.Arbitrary<unknown> {
  if ("type" in field) return fc.constantFrom(...(special[name] ?? values[field.type]));
  const inner = anySection("fields" in field ? field.fields : field.items, 3);
  if ("items" in field) return fc.array(inner, { maxLength: 2 });
  return fc.oneof({ weight: 20, arbitrary: inner }, { weight: 1, arbitrary: fc.constantFrom<unknown>(null, [], "x") });
}

/** Some of the fields, at most so many, and now and then one that nobody knows. */
function anySection(known: Fields, most: number): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(known).filter(([name]) => name !== "apiVersion" && name !== "kind");
  const one = fc.constantFrom(...entries).chain(([name, field]) => anyOf(name, field).map((value) => [name, value] as const));
  const unknown = fc.constantFrom(["surprise", 1] as const, ["Mode", "ipvs"] as const);
  return fc.array(fc.oneof({ weight: 30, arbitrary: one }, { weight: 1, arbitrary: unknown }), { maxLength: most }).map(Object.fromEntries);
}

/** A KubeProxyConfiguration with values that are right, wrong, or just at a limit. */
export const anyConfiguration = anySection(fields, 6).map((section) => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  ...section,
}));
