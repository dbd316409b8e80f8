import { spawnSync } from "node:child_process";
import { agent } from "../../components/node/agent";
import { renderBundle } from "../../components/node/bundle";
import type { Cidr } from "../../core/cidr";
import type { HostItem } from "../../core/host";
import type { PlannedNode } from "../../core/part";
import type { Plan } from "../../core/plan";

/** The network of one LAN of the hosts: a bridge with a router's addresses on it. */
export interface Lan {
  /** IPv4 and IPv6. */
  readonly cidrs: readonly [Cidr, Cidr];
  /** The router's IPv4 and IPv6 addresses: the hosts' default routes. */
  readonly router: readonly [string, string];
}

const functions = agent().replace(/main "\$@"\n$/, "");

/** What makes packets go from host to host; files and requirements are for hosts with a system of their own. */
const kinds: readonly HostItem["kind"][] = ["link", "address", "neighbour", "fdb", "route", "nftables"];

/** A pod's program: says what it was sent, and from where. */
const server = `require("net").createServer({ allowHalfOpen: true }, (socket) => {
  let bytes = 0;
  socket.on("data", (data) => { bytes += data.length; }).on("end", () => socket.end(bytes + " bytes from " + socket.remoteAddress.replace("::ffff:", "")));
}).listen(8080, "::", () => require("fs").writeFileSync(process.argv[2], ""));`;
const client = `const net = require("net");
async function main() {
  for (const [to, address] of process.argv.slice(2).map((target) => target.split("="))) console.log(process.env.FROM + " to " + to + ": " + (await send(address)));
}
const send = (address) => new Promise((resolve) => {
  const socket = net.connect({ host: address, port: 8080, timeout: 5000 });
  let text = "";
  socket.on("data", (data) => { text += data; }).on("end", () => resolve(text)).on("error", (error) => resolve(error.message));
  socket.on("timeout", () => socket.destroy(new Error("no answer from " + address)));
  socket.end(Buffer.alloc(100000));
});
main();`;

/**
 * Gives every node of the plan a network namespace of its own on its LAN and a pod by the real plugins in that folder; lets the agent set what the
 * plan says of links, routes and firewall; and sends 100,000 bytes from each pod to each other host's, in each family. The lines: one per
 * connection, then the answer to the shell's `ask` per host.
 * @param routes of the router, which is this namespace
 */
export function connectPods(plan: Plan, lans: readonly Lan[], plugins: string, routes: readonly string[], ask: string): string[] {
  const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh"], {
    input: script(plan, lans, plugins, routes, ask),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout.trimEnd().split("\n");
}

function script(plan: Plan, lans: readonly Lan[], plugins: string, routes: readonly string[], ask: string): string {
  const names = plan.nodes.map(({ name }) => name).join(" ");
  return `set -e
for d in /run /var/lib/cni; do mkdir -p $d; mount -t tmpfs tmpfs $d; done
mkdir /run/netns
cat >/run/agent <<'END OF AGENT'
${functions}
END OF AGENT
cat >/run/server <<'END'
${server}
END
cat >/run/client <<'END'
${client}
END
cat >/run/ask <<'END'
${ask}
END
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
${lans.map(lan).join("\n")}
${plan.nodes.map((node) => host(plan, lans, plugins, node)).join("\n")}
${routes.map((route) => `ip route add ${route}`).join("\n")}
trap 'kill $(cat /run/servers)' EXIT
for name in ${names}; do ip netns exec pod-$name node /run/server /run/$name/ready >/dev/null 2>&1 & echo $! >>/run/servers; done
for name in ${names}; do timeout 60 sh -c "until [ -e /run/$name/ready ]; do sleep 0.1; done"; done
for from in ${names}; do
  targets=
  for to in ${names}; do
    [ $from = $to ] || targets="$targets $(ip -n pod-$to -o address show dev eth0 scope global | awk -v to=$to '{ sub(/\\/.*/, "", $4); print to "=" $4 }')"
  done
  FROM=$from ip netns exec pod-$from node /run/client $targets
done
for name in ${names}; do echo "$name $(ip netns exec $name sh /run/ask)"; done
`;
}

const lan = ({ router, cidrs }: Lan, index: number) =>
  [
    `ip link add lan${index} type bridge; ip link set lan${index} up`,
    ...router.map((address, family) => `ip address add ${address}/${cidrs[family]?.prefix} dev lan${index}${family === 1 ? " nodad" : ""}`),
  ].join("\n");

function host(plan: Plan, lans: readonly Lan[], plugins: string, node: PlannedNode): string {
  const { name, address } = node;
  const items = plan.hostItems(node);
  const on = lans.findIndex(({ cidrs }) => cidrs.some((cidr) => address.some((own) => cidr.contains(own))));
  const prefix = (own: (typeof address)[number]) => lans[on]?.cidrs.find((cidr) => cidr.contains(own))?.prefix;
  const conflist = items.find((item) => item.kind === "file" && item.path.endsWith(".conflist"));
  const bundle = renderBundle({ node: name, confirmTimeoutSeconds: 60, items: items.filter(({ kind }) => kinds.includes(kind)) });
  return `ip netns add ${name}; ip netns add pod-${name}
ip link add v-${name} type veth peer name eth0 netns ${name}
ip link set v-${name} master lan${on} up
ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
${address.map((own) => `ip -n ${name} address add ${own}/${prefix(own)} dev eth0${own.family === 6 ? " nodad" : ""}`).join("\n")}
${address.map((own) => `ip -n ${name} route add default via ${lans[on]?.router[own.family === 4 ? 0 : 1]}`).join("\n")}
mkdir -p /run/${name}/net.d
cat >/run/${name}/net.d/10-plumbline.conflist <<'END'
${conflist?.kind === "file" ? conflist.content : ""}END
cat >/run/${name}/bundle <<'END OF BUNDLE'
${bundle}END OF BUNDLE
cat >/run/${name}/apply <<'END'
. /run/agent
work=/run/${name}/work state=/run/${name}/state desired=/run/${name}/work/parts command=apply
mkdir -p "$work" && for kind in files sysctls links namespaces ports; do mkdir -p "$state/original/$kind"; done
unpack /run/${name}/bundle "$desired"
check_links; check_routes; check_nftables
has_problems || { take_originals; set_links; set_routes; set_nftables; }
! has_problems || { cat "$work/problems"; exit 1; }
END
ip netns exec ${name} sh /run/${name}/apply
CNI_PATH=${plugins} NETCONFPATH=/run/${name}/net.d ip netns exec ${name} ${plugins}/cnitool add plumbline /run/netns/pod-${name} >/run/${name}/attached`;
}
