import { addresses, type Example, listOf } from "./example";

const bridge = `"type": "bridge", "isGateway": true, ${addresses}`;
const portmap = '"type": "portmap", "capabilities": {"portMappings": true}';
const good = listOf(bridge, portmap);
const version = (value: string, text: string) => text.replace('"1.0.0"', `"${value}"`);

export const chains: readonly Example[] = [
  {
    name: "no plugins",
    bad: '{"cniVersion": "1.0.0", "name": "pods"}',
    findings: ["error: has no plugins: there is nothing that the runtime could call."],
    good,
    options: { kind: "list" },
  },
  {
    name: "an empty list",
    bad: listOf().replace(/\n {2}\]/, "]"),
    findings: ["error plugins: is empty: the runtime refuses the file."],
    good,
  },
  {
    name: "plugins that are an object",
    bad: `{"cniVersion": "1.0.0", "name": "pods", "plugins": {${bridge}}}`,
    findings: ["error plugins: found an object, expected a list."],
    good,
  },
  {
    name: "a plugin that is a text",
    bad: '{"cniVersion": "1.0.0", "name": "pods", "plugins": ["bridge"]}',
    findings: ['error plugins[0]: found "bridge", expected a plugin\'s configuration: an object with type.'],
    good,
  },
  {
    name: "a plugin without a type",
    bad: listOf('"bridge": "cni0"'),
    findings: ["error plugins[0]: has no type: the runtime refuses the file."],
    good,
  },
  {
    name: "a path as type",
    bad: listOf(bridge.replace('"bridge"', '"/opt/cni/bin/bridge"')),
    findings: [
      'error plugins[0].type: found the path "/opt/cni/bin/bridge", expected a program\'s name: the runtime looks in its plugin directories only.',
    ],
    good,
  },
  {
    name: "a slip of the pen",
    bad: listOf(bridge.replace('"bridge"', '"brigde"')),
    findings: ['error plugins[0].type: there is no plugin "brigde": the runtime finds no program of that name.'],
    good,
  },
  {
    name: "another project's, misspelt",
    bad: listOf('"type": "calcio"'),
    findings: ['error plugins[0].type: there is no plugin "calcio": the runtime finds no program of that name.'],
    good: listOf('"type": "calico", "datastore_type": "kubernetes", "ipam": {"type": "calico-ipam"}'),
  },
  {
    name: "an underscore",
    bad: listOf('"type": "host_device", "device": "eth1"'),
    findings: ['error plugins[0].type: there is no plugin "host_device": the runtime finds no program of that name.'],
    good: listOf(`"type": "host-device", "device": "eth1", ${addresses}`),
  },
  {
    name: "ipam as a plugin",
    bad: listOf('"type": "host-local", "subnet": "10.1.0.0/24"'),
    findings: ['error plugins[0].type: "host-local" gives addresses to an interface plugin; it makes no interface itself.'],
    good,
  },
  {
    name: "portmap first",
    bad: listOf(portmap, bridge),
    findings: ["error plugins[0]: works on what an earlier plugin made, and it is the first: it refuses to run."],
    good,
  },
  {
    name: "tuning alone",
    bad: listOf('"type": "tuning", "mtu": 1400'),
    findings: ["error plugins[0]: works on what an earlier plugin made, and it is the first: it refuses to run."],
    good: listOf(bridge, '"type": "tuning", "mtu": 1400'),
  },
  {
    name: "two interfaces",
    bad: listOf(bridge, `"type": "ptp", ${addresses.replace("10.244.1", "10.244.2")}`),
    findings: ["error plugins[1]: makes the pod's interface, and bridge has made it already: a chain has one plugin that does."],
    good: listOf(bridge, '"type": "tuning", "mtu": 1400', '"type": "tuning", "sysctl": {"net.core.somaxconn": "500"}'),
  },
  {
    name: "sbr without addresses",
    bad: listOf('"type": "loopback"', `"type": "bridge"`, '"type": "sbr"'),
    findings: [
      "warning plugins[1]: has no ipam, so pods get no address; as a cluster's pod network it can't work.",
      "error plugins[2]: makes routes for the pod's addresses, and bridge gives none: it refuses to run.",
    ],
    good: listOf(bridge, '"type": "sbr"'),
  },
  {
    name: "a path as type of ipam",
    bad: listOf('"type": "bridge", "ipam": {"type": "./host-local"}'),
    findings: [
      `error plugins[0].ipam.type: found the path "./host-local", expected a program's name: the runtime looks in its plugin directories only.`,
    ],
    good,
  },
  {
    name: "portmap twice",
    bad: listOf(bridge, portmap, portmap),
    findings: ["warning plugins[2]: is in the chain twice, and both work on the same rules."],
    good,
  },
  {
    name: "no version in a chain",
    bad: good.replace('"cniVersion": "1.0.0",', ""),
    findings: ["warning: has no cniVersion, which means 0.1.0: it knows one address per family and no CHECK, and some plugins refuse it."],
    good,
  },
  {
    name: "0.2.0 in a chain",
    bad: version("0.2.0", good),
    findings: ["warning cniVersion: 0.2.0 is from 2016: it knows one address per family and no CHECK, and some plugins refuse it."],
    good: version("0.3.1", good),
  },
  {
    name: "0.2.0 with bandwidth",
    bad: version("0.2.0", listOf(bridge, '"type": "bandwidth", "capabilities": {"bandwidth": true}')),
    findings: [
      "warning cniVersion: 0.2.0 is from 2016: it knows one address per family and no CHECK, and some plugins refuse it.",
      "error plugins[1].type: bandwidth takes CNI 0.3.0 or newer, and this is 0.2.0: it refuses to run.",
    ],
    good: version("0.3.0", listOf(bridge, '"type": "bandwidth", "capabilities": {"bandwidth": true}')),
  },
  {
    name: "a capability's wrong type",
    bad: listOf(bridge, '"type": "portmap", "capabilities": {"portMappings": "true"}'),
    findings: ['error plugins[1].capabilities.portMappings: found "true", expected true or false.'],
    good,
  },
  {
    name: "firewall before 0.4.0",
    bad: version("0.3.1", listOf(bridge, '"type": "firewall"')),
    findings: ["error plugins[1].type: firewall takes CNI 0.4.0 or newer, and this is 0.3.1: it refuses to run."],
    good: version("0.4.0", listOf(bridge, '"type": "firewall"')),
  },
  {
    name: "a capability that the plugin doesn't use",
    bad: listOf(`${bridge}, "capabilities": {"portMappings": true}`, portmap),
    findings: ["warning plugins[0].capabilities.portMappings: bridge doesn't use portMappings."],
    good,
  },
  {
    name: "a capability that nobody has",
    bad: listOf(`${bridge}, "capabilities": {"ingress": true}`),
    findings: ["warning plugins[0].capabilities.ingress: no runtime passes in a capability ingress."],
    good: listOf(`${bridge}, "capabilities": {"ips": true}`),
  },
  {
    name: "a list in a file for one plugin",
    bad: good,
    findings: [
      "error plugins: makes this a list, but runtimes read .conf and .json as one plugin, and this has no type: they refuse the file.",
    ],
    good: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`,
    options: { kind: "plugin" },
  },
  {
    name: "one plugin in a file for a list",
    bad: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`,
    findings: ["error type: makes this one plugin, but runtimes read .conflist as a list, and this has no plugins: they refuse the file."],
    good,
    options: { kind: "list" },
  },
  {
    name: "one plugin without a name",
    bad: `{"cniVersion": "1.0.0", ${bridge}}`,
    findings: ["error: has no name: the runtime refuses a network without one."],
    good: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`,
    options: { kind: "plugin" },
  },
  {
    name: "dns that is a text",
    bad: listOf(`${bridge}, "dns": "10.96.0.10"`),
    findings: ['error plugins[0].dns: found "10.96.0.10", expected an object.'],
    good: listOf(`${bridge}, "dns": {"nameservers": ["10.96.0.10"], "search": ["cluster.local"]}`),
  },
  {
    name: "a name for a server",
    bad: listOf(`${bridge}, "dns": {"nameservers": ["dns.example"]}`),
    findings: ['warning plugins[0].dns.nameservers[0]: "dns.example" is no IP address.'],
    good: listOf(`${bridge}, "dns": {"nameservers": ["fd00::10"]}`),
  },
  {
    name: "a wrong type of a foreign plugin's ipam",
    bad: listOf('"type": "calico", "ipam": "calico-ipam"'),
    findings: ['error plugins[0].ipam: found "calico-ipam", expected an object.'],
    good: listOf('"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}', portmap),
  },
];
