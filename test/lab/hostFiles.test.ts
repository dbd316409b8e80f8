import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { identityFiles } from "../../lab/hostFiles";
import { nodeFiles } from "../../lab/nodeFiles";
import { outsideFiles } from "../../lab/outside";
import { quote } from "../../lab/ssh";
import { describeStatus } from "../../lab/status";
import { labHosts, numberedLab } from "../../lab/topology";

const lab = numberedLab(0);
const hosts = labHosts(lab, { kind: "cluster" });
const [cp1] = hosts;
if (!cp1) throw new Error("the cluster has no hosts");

test("a host has its name, its address with a default route to the lab's bridge, and the lab's name server", () => {
  const files = new Map(identityFiles(lab, cp1, hosts).map((file) => [file.path, file.content]));
  expect(files.get("/etc/machine-id")).toMatch(/^[0-9a-f]{32}\n$/);
  files.delete("/etc/machine-id");
  expect(Object.fromEntries(files)).toEqual({
    "/etc/hostname": "cp1\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n10.100.0.20 cp1\n10.100.0.21 w1\n10.100.0.22 w2\n10.100.0.9 client\n",
    "/etc/resolv.conf": "nameserver 10.100.0.9\n",
    "/etc/systemd/network/10-lan.network": `[Match]
Name=host0

[Network]
Address=10.100.0.20/24
Gateway=10.100.0.1
LinkLocalAddressing=no
KeepConfiguration=yes
`,
  });
});

test("a host without IPv4", () => {
  const ipv6 = labHosts(lab, { kind: "cluster", families: "ipv6-only" });
  const [plane] = ipv6;
  if (!plane) throw new Error("the cluster has no hosts");
  const content = (path: string) => identityFiles(lab, plane, ipv6).find((file) => file.path === path)?.content;
  expect(content("/etc/resolv.conf")).toBe("nameserver fd00:10:100::9\n");
  expect(content("/etc/systemd/network/10-lan.network")).toBe(`[Match]
Name=host0

[Network]
Address=fd00:10:100::20/64
Gateway=fd00:10:100::1
IPv6AcceptRA=no
LinkLocalAddressing=ipv6
KeepConfiguration=yes
`);
  const zone = outsideFiles({ name: "client", address: "fd00:10:100::9", role: "client" }).find(({ path }) => path.endsWith(".zone"));
  expect(zone?.content).toMatch(/^www 60 IN AAAA fd00:10:100::9$/m);
});

test("no two hosts have the same machine id", () => {
  const ids = hosts.map((host) => identityFiles(lab, host, hosts).find((file) => file.path === "/etc/machine-id")?.content);
  expect(new Set(ids).size).toBe(hosts.length);
});

test("containerd reads CNI configurations and plugins where Debian puts them", () => {
  const config = nodeFiles.find((file) => file.path === "/etc/containerd/config.toml")?.content;
  expect(config).toMatch(/\n {4}bin_dir = "\/usr\/lib\/cni"\n {4}conf_dir = "\/etc\/cni\/net\.d"\n/);
  expect(nodeFiles.filter((file) => file.path.startsWith("/etc/cni"))).toEqual([]);
});

test("the outside has a name for the client's web server", () => {
  const zone = outsideFiles({ name: "client", address: "10.100.0.9", role: "client" }).find((file) => file.path.endsWith(".zone"));
  expect(zone?.content).toMatch(/^www 60 IN A 10\.100\.0\.9$/m);
});

test("a quoted word comes out of a shell as it went in", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 30 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' start ${words.map(quote).join(" ")}`], { encoding: "utf8" });
      expect(stdout).toBe(["start", ...words].map((text) => `${text}\n`).join(""));
    }),
    { numRuns: 50 },
  );
});

test("the status for people", () => {
  const common = { bridge: "lab0", accessFolder: "/project/.lab" };
  expect(describeStatus({ state: "down", ...common, hosts: [], nodes: [] })).toBe('The lab is down. Start it with "plumbline lab up".\n');
  const host = { name: "cp1", address: "10.100.0.20", role: "control-plane" } as const;
  const nodes = [{ name: "cp1", ready: false, podCIDR: "10.244.0.0/24" }];
  expect(describeStatus({ state: "up", ...common, hosts: [{ ...host, state: "running" }], nodes })).toBe(
    "The lab is up, on the bridge lab0:\n" +
      "  cp1     10.100.0.20   control-plane  running NotReady pods 10.244.0.0/24\n" +
      "Keys and kubeconfig: /project/.lab\n",
  );
  expect(describeStatus({ state: "partial", ...common, hosts: [{ ...host, state: "stopped" }], nodes: [] })).toBe(
    'The lab isn\'t whole; "plumbline lab up" mends it, on the bridge lab0:\n' +
      "  cp1     10.100.0.20   control-plane  stopped\n" +
      "Keys: /project/.lab\n",
  );
});

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
(hasShellcheck ? test : test.skip)("shellcheck finds nothing in the lab's scripts", () => {
  expect(spawnSync("shellcheck", ["lab/supervise.sh", "lab/nspawn.sh"], { encoding: "utf8" }).stdout).toBe("");
});
