import { spawnSync } from "node:child_process";
import { agent } from "../components/node/agent";
import { renderBundle } from "../components/node/bundle";

const rounds = 3;
/** How much of the plain routes' time nexthop objects may take. */
const limit = 0.75;

/** The routes of one host of a cluster of so many nodes on one LAN. */
const bundle = (routes: number, nexthop: boolean) =>
  renderBundle({
    node: "n0",
    confirmTimeoutSeconds: 60,
    items: Array.from({ length: routes }, (_, index) => ({
      kind: "route",
      destination: `10.${128 + (index >> 8)}.${index & 255}.0/24`,
      via: `10.0.${(index + 16) >> 8}.${(index + 16) & 255}`,
      nexthop,
    })),
  });

/** Seconds that the agent takes to set a bundle's routes in a network of its own. */
function measure(text: string): number {
  const script = `${agent().replace(/main "\$@"\n$/, "")}
work=$(mktemp -d) && state=$work/state && mkdir -p "$state/original" && desired=$work/parts && command=apply
ip link set lo up
ip link add eth0 type veth peer name peer0
ip link set eth0 up && ip link set peer0 up && ip address add 10.0.0.1/16 dev eth0
cat >"$work/bundle" <<'END'
${text}END
unpack "$work/bundle" "$desired"
before=$(date +%s%N)
set_routes
after=$(date +%s%N)
cat "$work/problems" 2>/dev/null
ip route show protocol "$protocol" | wc -l
echo $((after - before))
rm -rf "$work"
`;
  const { stdout, stderr } = spawnSync("unshare", ["--net", "--mount", "sh"], { input: script, encoding: "utf8", maxBuffer: 1 << 26 });
  const [set, nanoseconds] = stdout.split("\n");
  if (Number(set) !== text.match(/^route /gm)?.length || !nanoseconds) throw new Error(`The routes were not set: ${stdout}${stderr}`);
  return Number(nanoseconds) / 1e9;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

for (const routes of [1000, 5000]) {
  const times: { readonly plain: number[]; readonly nexthops: number[] } = { plain: [], nexthops: [] };
  for (let round = 0; round < rounds; round++) {
    times.plain.push(measure(bundle(routes, false)));
    times.nexthops.push(measure(bundle(routes, true)));
  }
  const [plain, nexthops] = [median(times.plain), median(times.nexthops)];
  const ratio = nexthops / plain;
  const verdict = routes < 5000 ? "" : ` (limit ${limit}: ${ratio <= limit ? "kept" : "EXCEEDED"})`;
  process.stdout.write(
    `${routes} routes: plain ${plain.toFixed(2)} s, on nexthop objects ${nexthops.toFixed(2)} s, ${ratio.toFixed(2)} times plain${verdict}\n`,
  );
  if (verdict !== "" && ratio > limit) process.exitCode = 1;
}
