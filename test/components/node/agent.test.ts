import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { agent, look } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import { workerItems } from "./worker";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-agent-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs functions of the agent on this machine: its source without the last line, which would start it. */
function inAgent(commands: string, input = ""): string {
  const functions = agent().replace(/main "\$@"\n$/, "");
  const file = path.join(folder, "functions.sh");
  writeFileSync(file, `${functions}${commands}\n`);
  const { stdout, stderr, status } = spawnSync("sh", [file], { input, encoding: "utf8", cwd: folder });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout;
}

function unpack(bundle: string): string {
  writeFileSync(path.join(folder, "bundle"), bundle);
  return inAgent("unpack bundle parts");
}
const part = (name: string) => readFileSync(path.join(folder, "parts", name), "utf8");

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
(hasShellcheck ? test : test.skip)(`shellcheck finds nothing${hasShellcheck ? "" : " (not installed: apt-get install shellcheck)"}`, () => {
  // What only looks has settings of the agent's that it doesn't use.
  for (const [source, ...options] of [[agent()], [look(), "-e", "SC2034"]] as const) {
    expect(spawnSync("shellcheck", ["-s", "sh", ...options, "-"], { input: source, encoding: "utf8" }).stdout).toBe("");
  }
});

test("unpacks a bundle into its parts", () => {
  expect(unpack(renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items: workerItems }))).toBe("");
  expect(
    Object.fromEntries(readdirSync(path.join(folder, "parts")).flatMap((name) => (name === "files" ? [] : [[name, part(name)]]))),
  ).toEqual({
    node: "w1\n",
    "confirm-timeout": "60\n",
    requires:
      "cni-conf-dir /etc/cni/net.d\ncni-plugin bridge\ncni-plugin portmap\nkube-proxy /usr/local/bin/kube-proxy 1.34\nlan-mtu 10.100.0.21 1500\n",
    kubelet: "",
    probes: "icmp 10.100.0.20\nresolver\ntcp 10.100.0.20 6443\n",
    sysctls: "net.ipv4.conf.eth0/100.rp_filter 2\nnet.ipv4.ip_forward 1\nnet.ipv4.ip_local_port_range 32768 60999\n",
    "files.list": "0644 /etc/cni/net.d/10-plumbline.conflist\n0644 /etc/nowhere/x.conf where /etc/nowhere\n",
    links: "plumbline0 mtu 1450 address 02:00:00:00:00:21 type vxlan id 1 local 10.100.0.21 dstport 4789 nolearning\n",
    "host-names": "10.0.0.7 registry.example registry\n",
    resolver: "# ours\nnameserver 10.0.0.53\n",
    "foreign-links": "flannel.1\n",
    networks: "plumbline cni0\n",
    "link-names": "plumbline0\nflannel.1\n",
    "link-mtus": "cni0 1450\n",
    "take-over": "routes\n",
    addresses: "10.244.1.0/32 dev plumbline0\nfd00:244:0:1::/128 dev plumbline0\n",
    neighbours: "10.244.3.0 lladdr 02:00:00:00:00:23 dev plumbline0\n",
    fdb: "02:00:00:00:00:23 dst 10.100.0.23 dev plumbline0\n",
    routes:
      "10.244.0.0/16 blackhole\n10.244.2.0/24 via 10.100.0.22\n10.244.3.0/24 via 10.244.3.0 dev plumbline0 onlink\n10.244.10.0/24 via 10.100.0.30\nfd00:244:0:2::/64 via fd00:100::22\n",
    namespaces: "",
    peers: "",
    ports: "",
    "software-checksums": "eth0 netns red\n",
    "ovs-bridges": "ovs1 datapath system\n",
    "ovs-ports": "eth2 bridge ovs1 tag 10\n",
    "namespace-addresses": "",
    "namespace-routes": "",
    "static-routes":
      "0.0.0.0/0 table 254 metric 50 via 10.100.0.1 dev eth0\n10.20.0.0/16 table 100 metric 0 via 10.9.0.1 dev eth1 src 10.9.0.2 onlink\n10.30.0.0/16 table 254 metric 0 blackhole\nfd00:30::/64 table 254 metric 1024 blackhole\n",
    rules: "4 1000: from 10.1.0.0/24 to 10.20.0.5 fwmark 0x1/0xff iif eth1 lookup 100\n6 1001: from all fwmark 0x10 lookup 254\n",
    forwarded: "10.244.0.0/16\nfd00:244::/48\n",
    services: "kube-proxy.service /etc/systemd/system/kube-proxy.service\n",
    nftables: workerItems.flatMap((item) => (item.kind === "nftables" ? [item.table] : [])).join(),
  });
  expect(part("files/%etc%cni%net.d%10-plumbline.conflist")).toBe('{\n  "cniVersion": "1.0.0"\n}\n');
});

test("any content comes out as it went in", () => {
  const tricky = fc.constantFrom(
    "|",
    "| ",
    "file 0644 /etc/x",
    "END OF BUNDLE",
    "'",
    "\\",
    "\\n",
    "$(reboot)",
    "`",
    "%",
    "%s",
    "\t",
    " ",
    "",
    "ä",
    "𝔘",
    "\u2028",
    "&",
  );
  const line = fc
    .array(
      fc.oneof(
        tricky,
        fc.string({ unit: "binary" }).map((text) => text.replace(/[^\P{Cc}\t]/gu, "")),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join(""));
  const content = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => `${lines.join("\n")}\n`);
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 8 }), (contents) => {
      const items = contents.map((text, index) => ({ kind: "file" as const, path: `/etc/f${index}`, mode: "0600", content: text }));
      expect(unpack(renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items }))).toBe("");
      expect(items.map((_, index) => part(`files/%etc%f${index}`))).toEqual(contents);
    }),
    { numRuns: 60 },
  );
});

test("says everything that is wrong with a bundle, line by line", () => {
  const bundle = [
    "plumbline bundle 1",
    "node w1",
    "| stray",
    "link eth0 up",
    "sysctl net.ipv4.ip_forward 1",
    "sysctl net.ipv4.ip_forward 0",
    "file 0644 /etc/../passwd",
    "file 4755 /etc/x",
    "route 10.0.0.0/8 via",
    "nftables ip filter",
    "file 0644 /etc/y",
    "|no space",
    "",
  ].join("\n");
  expect(unpack(bundle)).toBe(
    [
      "line 3: content that belongs to no file",
      "line 4: unknown or malformed item link",
      "line 6: sysctl net.ipv4.ip_forward is there twice",
      "line 7: unknown or malformed item file",
      "line 8: unknown or malformed item file",
      "line 9: unknown or malformed item route",
      "line 10: unknown or malformed item nftables",
      "line 12: content without a space after the bar",
      "line 12: no confirm-timeout",
      "",
    ].join("\n"),
  );
  expect(unpack("plumbline bundle 2\nnode w1\n")).toBe("line 1: not a bundle that this agent can read\n");
});

describe("what the kernel has", () => {
  const problems = (commands: string) => inAgent(`problem() { echo "$1: $2"; }\n${commands}`);

  test.each(["5.13", "5.13.0-30-generic", "5.14.0", "6.1.0-9-amd64", "10.0"])("Linux %s is 5.13 or later", (version) => {
    expect(problems(`uname() { echo ${version}; }\ncheck_kernel_version 5.13`)).toBe("");
  });

  test.each(["5.10.0-30-amd64", "4.18.0", "5.4.0-150-generic", "5.9"])("Linux %s is earlier", (version) => {
    expect(problems(`uname() { echo ${version}; }\ncheck_kernel_version 5.13`)).toBe(
      `kernel-version 5.13: this host runs Linux ${version}, which kube-proxy refuses in this mode; upgrade it, or write another proxy.mode\n`,
    );
  });

  test("a module that can be loaded, and one that can't", () => {
    expect(problems('modprobe() { [ "$3" = ip_vs ]; }\ncheck_kernel_module ip_vs\ncheck_kernel_module no_such_module')).toBe(
      "kernel-module no_such_module: this host's kernel hasn't got it, and kube-proxy needs it in this mode; install it, or write another proxy.mode\n",
    );
  });
});

describe("the range of NodePorts", () => {
  const judge = (manifest: string, range: string) =>
    inAgent(
      `problem() { echo "$1: $2"; }\napi_server_manifest=$(mktemp)\ncat >"$api_server_manifest"\ncheck_node_ports ${range} | sed "s|$api_server_manifest|FILE|"\nrm "$api_server_manifest"`,
      manifest,
    );
  const command = (flag: string) => `  - command:\n    - kube-apiserver\n${flag}    - --service-cluster-ip-range=10.96.0.0/16\n`;

  test("the API server's, by its flag or by default", () => {
    expect(judge(command(""), "30000-32767")).toBe("");
    expect(judge(command("    - --service-node-port-range=20000-22000\n"), "20000-22000")).toBe("");
    expect(inAgent("api_server_manifest=/nowhere\ncheck_node_ports 1-2")).toBe("");
  });

  test("another one is refused with both mends", () => {
    expect(judge(command(""), "20000-22000")).toMatch(
      /^node-ports 20000-22000: the API server here gives NodePorts 30000-32767 \(--service-node-port-range\), .*; write proxy\.nodePorts: 30000-32767, or set the flag in FILE/,
    );
    expect(judge(command("    - --service-node-port-range=20000-22000\n"), "30000-32767")).toContain("gives NodePorts 20000-22000");
  });
});

test("ports are reserved beside the host's own", () => {
  const list = (own: string) =>
    inAgent(
      `state=$(mktemp -d); mkdir -p "$state/original/sysctls"; read -r line; echo "$line" >"$state/original/sysctls/a.b"; with_originals a.b 40000-40100; rm -r "$state"`,
      `/proc/sys/a/b${own}\n`,
    );
  expect(list(" 8080,9148")).toBe("8080,9148,40000-40100\n");
  expect(list(" ")).toBe("40000-40100\n");
});

describe("the directories that the container runtime uses", () => {
  const directories = (sections: "yes" | "no", config: string) => inAgent(`awk -v sections=${sections} "$directories_awk"`, config);

  test("containerd 1.6, as `containerd config dump` prints it", () => {
    const dump = `version = 2
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni"
      conf_dir = "/etc/cni/net.d"
      max_conf_num = 1
    [plugins."io.containerd.grpc.v1.cri".containerd]
      [plugins."io.containerd.grpc.v1.cri".containerd.default_runtime]
        cni_conf_dir = "/elsewhere"
        conf_dir = "/elsewhere"
`;
    expect(directories("yes", dump)).toBe("bin /usr/lib/cni\nconf /etc/cni/net.d\n");
  });

  test("containerd 2.1, which has a list", () => {
    const dump = `version = 3
[plugins]
  [plugins.'io.containerd.cri.v1.runtime']
    [plugins.'io.containerd.cri.v1.runtime'.cni]
      bin_dir = ''
      bin_dirs = ['/opt/cni/bin', '/usr/lib/cni']
      conf_dir = '/etc/cni/net.d'
`;
    expect(directories("yes", dump)).toBe("bin /opt/cni/bin\nbin /usr/lib/cni\nconf /etc/cni/net.d\n");
  });

  test("CRI-O, with lists over several lines", () => {
    const config = `[crio.network]
cni_default_network = ""
network_dir = "/etc/cni/net.d/"
plugin_dirs = [
	"/opt/cni/bin/",
	"/usr/libexec/cni/",
]
enable_metrics = false
`;
    expect(directories("no", config)).toBe("conf /etc/cni/net.d/\nbin /opt/cni/bin/\nbin /usr/libexec/cni/\n");
  });
});

describe("CRI-O, as `crio config` prints it with its drop-in files", () => {
  /** A default is behind a #, with a remark above; what crio.conf.d sets isn't. */
  const printed = (settings: string) => `# The crio.network table containers settings pertaining to the management of CNI plugins.
[crio.network]

# The default CNI network name to be selected. If not set or "", then CRI-O will pick-up the first one found in network_dir.
${settings}
`;
  const directory = '# cni_default_network = ""\n# network_dir = "/etc/cni/net.d/"\n';
  const plugins = '# Paths to directories where CNI plugin binaries are located.\n# plugin_dirs = [\n# \t"/opt/cni/bin/",\n# ]\n';

  /** What the agent says on a host that has no other runtime. */
  function judge(settings: string, requires: string): string {
    const bin = mkdtempSync(path.join(folder, "bin-"));
    writeFileSync(path.join(bin, "crio"), `#!/bin/sh\n[ "$*" = config ] && cat <<'END'\n${printed(settings)}END\n`, { mode: 0o755 });
    return inAgent(
      `problem() { echo "$1: $2"; }
command() { [ "$2" = crio ]; }
PATH=${bin}:$PATH work=$(mktemp -d) && desired=$work && mkdir "$work/files"
: >"$work/take-over"; cat >"$work/requires"
printf '{\\n  "cniVersion": "1.0.0",\\n  "name": "plumbline",\\n  "plugins": []\\n}\\n' >"$work/files/%etc%cni%net.d%10-plumbline.conflist"
check_requires
rm -r "$work"`,
      requires,
    );
  }

  const ours = "cni-conf-dir /etc/cni/net.d\ncni-winner /etc/cni/net.d/10-plumbline.conflist\n";

  test("its defaults suit", () => expect(judge(directory + plugins, ours)).toBe(""));

  test("another directory", () => {
    expect(judge('network_dir = "/etc/crio/net.d"', ours)).toBe(
      "cni-conf-dir /etc/cni/net.d: the container runtime reads /etc/crio/net.d; make the two agree\n",
    );
  });

  test("a plugin is looked for in all its directories", () => {
    expect(judge(`${directory}plugin_dirs = [\n\t"/usr/libexec/cni",\n\t"${folder}",\n]`, "cni-plugin no-such-plugin\n")).toContain(
      `cni-plugin no-such-plugin: isn't in /usr/libexec/cni ${folder}, where the container runtime looks`,
    );
  });

  test("a network that is chosen by name wins over the first file", () => {
    expect(judge('cni_default_network = "crio"', "cni-winner /etc/cni/net.d/10-plumbline.conflist\n")).toBe(
      "cni-winner /etc/cni/net.d/10-plumbline.conflist: CRI-O takes the network crio (cni_default_network), whatever sorts first; remove that setting and restart CRI-O\n",
    );
    expect(judge('cni_default_network = "plumbline"', "cni-winner /etc/cni/net.d/10-plumbline.conflist\n")).toBe("");
  });
});

test("forwarding is set before what it resets", () => {
  const sysctls = "net.ipv4.conf.all.accept_redirects 0\nnet.ipv4.ip_forward 1\nnet.netfilter.nf_conntrack_max 9\n";
  expect(inAgent("forwarding_first", sysctls)).toBe(
    "net.ipv4.ip_forward 1\nnet.ipv4.conf.all.accept_redirects 0\nnet.netfilter.nf_conntrack_max 9\n",
  );
});

test("a dot in an interface's name is a slash in the sysctl's", () => {
  expect(inAgent("sysctl_path net.ipv4.conf.eth0/100.rp_filter")).toBe("/proc/sys/net/ipv4/conf/eth0.100/rp_filter\n");
});

test.each([
  ["no subcommand", []],
  ["one that there isn't", ["restart"]],
  ["no generation", ["apply"]],
  ["what is no generation", ["apply", "../../etc"]],
  ["one word too many", ["destroy", "w1", "w2"]],
])("a wrong call says how to call: %s", (_, args) => {
  const root = ["#!/bin/sh", "id() { echo 0; }"].join("\n");
  const file = path.join(folder, "agent");
  writeFileSync(file, `${root}\n${agent()}`);
  const { stderr, status } = spawnSync("sh", [file, ...args], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({
    stderr: "usage: agent apply GENERATION | confirm | rollback GENERATION | boot | boot-routes | boot-forwarded | destroy | status\n",
    status: 2,
  });
});
