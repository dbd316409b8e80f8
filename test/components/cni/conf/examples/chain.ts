import { addresses, type Example, listOf } from "./example";

const bridge = `"type": "bridge", "isGateway": true, ${addresses}`;
const portmap = '"type": "portmap", "capabilities": {"portMappings": true}';
const good = listOf(bridge, portmap);
const version = (value: string, text: string) => text.replace('"1.0.0"', `"${value}"`);

export const chains: readonly Example[] = [
  { name: "no plugins", bad: '{"cniVersion": "1.0.0", "name": "pods"}', findings: [], good, options: { kind: "list" } },
  { name: "an empty list", bad: listOf().replace(/\n {2}\]/, "]"), findings: [], good },
  { name: "plugins that are an object", bad: `{"cniVersion": "1.0.0", "name": "pods", "plugins": {${bridge}}}`, findings: [], good },
  { name: "a plugin that is a text", bad: '{"cniVersion": "1.0.0", "name": "pods", "plugins": ["bridge"]}', findings: [], good },
  { name: "a plugin without a type", bad: listOf('"bridge": "cni0"'), findings: [], good },
  { name: "a path as type", bad: listOf(bridge.replace('"bridge"', '"/opt/cni/bin/bridge"')), findings: [], good },
  { name: "a slip of the pen", bad: listOf(bridge.replace('"bridge"', '"brigde"')), findings: [], good },
  { name: "another project's, misspelt", bad: listOf('"type": "calcio"'), findings: [], good: listOf('"type": "calico", "datastore_type": "kubernetes", "ipam": {"type": "calico-ipam"}') },
  { name: "an underscore", bad: listOf('"type": "host_device", "device": "eth1"'), findings: [], good: listOf(`"type": "host-device", "device": "eth1", ${addresses}`) },
  { name: "ipam as a plugin", bad: listOf('"type": "host-local", "subnet": "10.1.0.0/24"'), findings: [], good },
  { name: "portmap first", bad: listOf(portmap, bridge), findings: [], good },
  { name: "tuning alone", bad: listOf('"type": "tuning", "mtu": 1400'), findings: [], good: listOf(bridge, '"type": "tuning", "mtu": 1400') },
  { name: "two interfaces", bad: listOf(bridge, `"type": "ptp", ${addresses.replace("10.244.1", "10.244.2")}`), findings: [], good: listOf(bridge, '"type": "tuning", "mtu": 1400', '"type": "tuning", "promisc": true') },
  { name: "portmap twice", bad: listOf(bridge, portmap, portmap), findings: [], good },
  { name: "firewall before 0.4.0", bad: version("0.3.1", listOf(bridge, '"type": "firewall"')), findings: [], good: version("0.4.0", listOf(bridge, '"type": "firewall"')) },
  { name: "a capability that the plugin doesn't use", bad: listOf(`${bridge}, "capabilities": {"portMappings": true}`, portmap), findings: [], good },
  { name: "a capability that nobody has", bad: listOf(`${bridge}, "capabilities": {"ingress": true}`), findings: [], good: listOf(`${bridge}, "capabilities": {"ips": true}`) },
  { name: "a list in a file for one plugin", bad: good, findings: [], good: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`, options: { kind: "plugin" } },
  { name: "one plugin in a file for a list", bad: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`, findings: [], good, options: { kind: "list" } },
  { name: "one plugin without a name", bad: `{"cniVersion": "1.0.0", ${bridge}}`, findings: [], good: `{"cniVersion": "1.0.0", "name": "pods", ${bridge}}`, options: { kind: "plugin" } },
  { name: "dns that is a text", bad: listOf(`${bridge}, "dns": "10.96.0.10"`), findings: [], good: listOf(`${bridge}, "dns": {"nameservers": ["10.96.0.10"], "search": ["cluster.local"]}`) },
  { name: "a name for a server", bad: listOf(`${bridge}, "dns": {"nameservers": ["dns.example"]}`), findings: [], good: listOf(`${bridge}, "dns": {"nameservers": ["fd00::10"]}`) },
  { name: "a wrong type of a foreign plugin's ipam", bad: listOf('"type": "calico", "ipam": "calico-ipam"'), findings: [], good: listOf('"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}', portmap) },
];
