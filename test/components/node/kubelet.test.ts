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
const dns = (found: string) =>
  `kubelet-cluster-dns 10.96.0.10: the kubelet gives pods ${found} as their DNS server; write clusterDNS: [10.96.0.10] in config.yaml and restart the kubelet, or cluster.serviceCIDRs as the cluster has it\n`;

describe("the DNS server of pods", () => {
  test.each([
    ["kubeadm's file", kubeadm],
    ["a list in a line, with a remark", 'clusterDNS: ["10.96.0.10"] # the service\n'],
    ["an indented list", "clusterDNS:\n  # the service\n  - 10.96.0.10\nport: 10250\n"],
    ["NodeLocal DNSCache", "clusterDNS:\n- 169.254.20.10\n"],
  ])("agrees: %s", (_, config) => expect(problems("kubelet-cluster-dns 10.96.0.10", config)).toBe(""));

  test("kubeadm gives a dual-stack cluster's pods the first of the two", () =>
    expect(problems("kubelet-cluster-dns 10.96.0.10,fd00:96::a", kubeadm)).toBe(""));

  test.each([
    ["another one", "10.32.0.10", "clusterDNS:\n- 10.32.0.10\nclusterDomain: cluster.local\n"],
    ["another one besides", "10.96.0.10,10.32.0.10", "clusterDNS: [10.96.0.10, 10.32.0.10]\n"],
    ["none", "no", "clusterDomain: cluster.local\n"],
  ])("disagrees: %s", (_, found, config) => expect(problems("kubelet-cluster-dns 10.96.0.10", config)).toBe(dns(found)));

  test("a flag wins over the file, a drop-in over the file too", () => {
    expect(problems("kubelet-cluster-dns 10.96.0.10", kubeadm, ["--cluster-dns=10.0.0.10"])).toBe(dns("10.0.0.10"));
    rmSync(path.join(folder, "10-dns.conf"), { force: true });
    file("10-dns.conf", "clusterDNS: [10.0.0.11]\n");
    expect(problems("kubelet-cluster-dns 10.96.0.10", kubeadm, [`--config-dir=${folder}`])).toBe(dns("10.0.0.11"));
  });

  test("no kubelet yet is no reason to refuse; one that can't be read is said", () => {
    expect(problems("kubelet-cluster-dns 10.96.0.10", undefined)).toBe("");
    expect(problems("kubelet-cluster-dns 10.96.0.10", '{"clusterDNS":["10.0.0.10"]}\n')).toBe(
      "remark: the kubelet's kubelet-cluster-dns could not be compared\n",
    );
  });
});

test("the cluster's domain", () => {
  expect(problems("kubelet-cluster-domain cluster.local", kubeadm)).toBe("");
  expect(problems("kubelet-cluster-domain cluster.local", "clusterDomain: cluster.local.\n")).toBe("");
  expect(problems("kubelet-cluster-domain corp.example", kubeadm)).toBe(
    "kubelet-cluster-domain corp.example: the kubelet gives pods cluster.local; write cluster.domain: cluster.local if the cluster has it, else clusterDomain: corp.example in config.yaml and restart the kubelet and all pods, since running ones keep the old one\n",
  );
});

test("the resolv.conf that CoreDNS gets", () => {
  const resolvConf = (text: string) => `resolvConf: ${file("resolv.conf", text)}\n`;
  expect(problems("kubelet-resolv-conf loop-free", resolvConf("nameserver 10.0.0.53\n# nameserver 127.0.0.1\n"))).toBe("");
  expect(problems("kubelet-resolv-conf loop-free", resolvConf("search example\nnameserver 127.0.0.53\n"))).toMatch(
    /^kubelet-resolv-conf loop-free: the kubelet gives CoreDNS resolv\.conf, whose nameserver 127\.0\.0\.53 is CoreDNS's own pod there: queries would go round for ever; (write resolvConf: \/run\/systemd\/resolve\/resolv\.conf in config\.yaml and restart the kubelet, or name resolvers in dns\.upstream|name resolvers in dns\.upstream, or in a file that resolvConf in config\.yaml names)\n$/,
  );
});
