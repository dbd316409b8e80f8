import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { agent } from "../../../components/node/agent";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-kubelet-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

/** What the agent says of a kubelet with this file and these arguments. Paths are shown without the folder. */
function problems(check: string, config: string | undefined, args: readonly string[] = []): string {
  if (config === undefined) rmSync(path.join(folder, "config.yaml"), { force: true });
  else file("config.yaml", config);
  const source = `${agent().replace(/main "\$@"\n$/, "")}
work=${folder}
kubelet_file=${folder}/config.yaml
kubelet_arguments() { printf '%s' '${args.map((arg) => `${arg}\n`).join("")}'; }
problem() { echo "$1: $2"; }
remark() { echo "remark: $1"; }
check_kubelet ${check}
`;
  const { stdout, stderr, status } = spawnSync("sh", ["-s"], { input: source, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.replaceAll(`${folder}/`, "");
}

/** As kubeadm writes it. */
const kubeadm = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
kind: KubeletConfiguration
resolvConf: /run/systemd/resolve/resolv.conf
`;
const dns = (found: string, why = "") =>
  `kubelet-cluster-dns 10.96.0.10: the kubelet gives pods ${found} as their DNS server; write clusterDNS: [10.96.0.10] in config.yaml and restart the kubelet, or cluster.serviceCIDRs as the cluster has it${why}\n`;

describe("the DNS server of pods", () => {
  test.each([
    ["kubeadm's file", kubeadm],
    ["a list in a line, with a remark", 'clusterDNS: ["10.96.0.10"] # the service\n'],
    ["an indented list", "clusterDNS:\n  # the service\n  - 10.96.0.10\nport: 10250\n"],
    ["NodeLocal DNSCache", "clusterDNS:\n- 169.254.20.10\n"],
  ])("agrees: %s", (_, config) => expect(problems("cluster-dns 10.96.0.10", config)).toBe(""));

  test("kubeadm gives a dual-stack cluster's pods the first of the two", () =>
    expect(problems("cluster-dns 10.96.0.10,fd00:96::a", kubeadm)).toBe(""));

  test.each([
    ["another one", "10.32.0.10", "clusterDNS:\n- 10.32.0.10\nclusterDomain: cluster.local\n"],
    ["another one besides", "10.96.0.10,10.32.0.10", "clusterDNS: [10.96.0.10, 10.32.0.10]\n"],
    ["none", "no", "clusterDomain: cluster.local\n"],
  ])("disagrees: %s", (_, found, config) => expect(problems("cluster-dns 10.96.0.10", config)).toBe(dns(found)));

  test("a flag wins over the file, a drop-in over the file too", () => {
    expect(problems("cluster-dns 10.96.0.10", kubeadm, ["--cluster-dns=10.0.0.10"])).toBe(dns("10.0.0.10"));
    rmSync(path.join(folder, "10-dns.conf"), { force: true });
    file("10-dns.conf", "clusterDNS: [10.0.0.11]\n");
    expect(problems("cluster-dns 10.96.0.10", kubeadm, [`--config-dir=${folder}`])).toBe(dns("10.0.0.11"));
  });

  test("no kubelet yet is no reason to refuse; one that can't be read is said", () => {
    expect(problems("cluster-dns 10.96.0.10", undefined)).toBe("");
    expect(problems("cluster-dns 10.96.0.10", '{"clusterDNS":["10.0.0.10"]}\n')).toBe(
      "remark: the kubelet's cluster-dns could not be compared\n",
    );
  });
});

test("the cluster's domain", () => {
  expect(problems("cluster-domain cluster.local", kubeadm)).toBe("");
  expect(problems("cluster-domain cluster.local", "clusterDomain: cluster.local.\n")).toBe("");
  expect(problems("cluster-domain corp.example", kubeadm)).toBe(
    "kubelet-cluster-domain corp.example: the kubelet gives pods cluster.local; write cluster.domain: cluster.local if the cluster has it, else dns.acknowledgeDomainChange: true to have it changed: running pods keep the old one, so all of them have to be made anew\n",
  );
});

test("the resolv.conf that CoreDNS gets", () => {
  const resolvConf = (text: string) => `resolvConf: ${file("resolv.conf", text)}\n`;
  expect(problems("resolv-conf loop-free", resolvConf("nameserver 10.0.0.53\n# nameserver 127.0.0.1\n"))).toBe("");
  expect(problems("resolv-conf loop-free", resolvConf("search example\nnameserver 127.0.0.53\n"))).toMatch(
    /^kubelet-resolv-conf loop-free: the kubelet gives CoreDNS resolv\.conf, whose nameserver 127\.0\.0\.53 is CoreDNS's own pod there: queries would go round for ever; (write resolvConf: \/run\/systemd\/resolve\/resolv\.conf in config\.yaml and restart the kubelet, or name resolvers in dns\.upstream|name resolvers in dns\.upstream, or in a file that resolvConf in config\.yaml names)\n$/,
  );
});

describe("settings that we make", () => {
  /** The drop-in that the kubelet gets, or what is said instead. */
  function change(desired: string, config: string, { args = "", version = "1.34.4", service = "10.96.0.10" } = {}): string {
    file("config.yaml", config);
    const source = `${agent().replace(/main "\$@"\n$/, "")}
work=${folder} state=${folder}/state desired=${folder}/desired generation=0123456789ab
rm -rf "$state" && mkdir -p "$state/generations/$generation" "$state/original/files" "$desired" "$work/$generation/files" && : >"$desired/files.list"
kubelet_file=${folder}/config.yaml uplinks=${folder}/uplinks
kubelet_arguments() { printf '%s' '${args}'; }
kubelet_program() { echo fake_kubelet; }
fake_kubelet() { echo "Kubernetes v${version}"; }
systemctl() { echo 'ExecStart=/usr/bin/kubelet $KUBELET_CONFIG_ARGS'; }
system_services() { echo '${service}'; }
problem() { echo "$1: $2"; }
remark() { echo "remark: $1"; }
printf '${desired}' >"$desired/kubelet"
check_kubelet_changes
for noted in "$state/generations/$generation/kubelet"/*; do [ ! -e "$noted" ] || { echo "== $(unflat "\${noted##*/}")"; grep -v '^#' "$noted"; }; done
`;
    const { stdout, stderr, status } = spawnSync("sh", ["-s"], { input: source, encoding: "utf8" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    return stdout.replaceAll(`${folder}/`, "");
  }
  const dropIn = (lines: string, where = "/etc/kubernetes/kubelet.conf.d") =>
    `== ${where}/99-plumbline.conf\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${lines}`;
  const unit =
    '== /etc/systemd/system/kubelet.service.d/99-plumbline.conf\n[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=config.yaml --config-dir=/etc/kubernetes/kubelet.conf.d"\n';
  const other = kubeadm.replace("10.96.0.10", "10.32.0.10");

  test("nothing where the kubelet says it by itself", () =>
    expect(change("cluster-dns 10.96.0.10\\nresolv-conf loop-free\\n", kubeadm)).toBe(""));

  test("a drop-in with what is other, and the unit that reads it", () =>
    expect(change("cluster-dns 10.96.0.10,fd00:96::a\\nresolv-conf loop-free\\n", other)).toBe(
      `${dropIn('clusterDNS: ["10.96.0.10"]\n')}${unit}`,
    ));

  test("NodeLocal DNSCache first, the service behind it", () =>
    expect(change("node-local-dns 169.254.20.10,10.96.0.10\\n", kubeadm)).toBe(
      `${dropIn('clusterDNS: ["169.254.20.10", "10.96.0.10"]\n')}${unit}`,
    ));

  test("a folder of drop-ins that the kubelet has is used", () =>
    expect(change("cluster-domain corp.example\\n", kubeadm, { args: "--config-dir=/etc/kubelet.d\n" })).toBe(
      dropIn("clusterDomain: corp.example\n", "/etc/kubelet.d"),
    ));

  test("systemd-resolved's own servers instead of its stub", () => {
    const stub = `resolvConf: ${file("stub.conf", "nameserver 127.0.0.53\n")}\n`;
    file("uplinks", "nameserver 10.0.0.53\n");
    expect(change("resolv-conf loop-free\\n", stub)).toBe(`${dropIn("resolvConf: uplinks\n")}${unit}`);
    file("uplinks", "nameserver 127.0.0.1\n");
    expect(change("resolv-conf loop-free\\n", stub)).toMatch(/stub\.conf, whose nameserver 127\.0\.0\.53 .* \(uplinks is no help\)\n$/);
  });

  test.each([
    ["the service has another address", "no service of kube-system has it; those there have 10.32.0.10", { service: "10.32.0.10" }],
    ["nobody says which address it has", "the cluster could not be asked which services have it", { service: "" }],
    ["too old", "it is older than 1.30, which takes drop-ins first", { version: "1.29.9" }],
  ])("refused: %s", (_, why, options) => expect(change("cluster-dns 10.96.0.10\\n", other, options)).toBe(dns("10.32.0.10", ` (${why})`)));

  test("refused: a flag wins over every file", () =>
    expect(change("cluster-dns 10.96.0.10\\n", kubeadm, { args: "--cluster-dns=10.32.0.10\n" })).toBe(
      dns("10.32.0.10", " (its flag --cluster-dns wins over its files; remove that)"),
    ));
});
