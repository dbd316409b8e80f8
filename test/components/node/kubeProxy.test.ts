import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { agent } from "../../../components/node/agent";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-kube-proxy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the agent says of this host. Paths are shown without the folder. */
function problems(check: string, ...definitions: string[]): string {
  const source = `${agent().replace(/main "\$@"\n$/, "")}
problem() { echo "$1: $2"; }
${definitions.join("\n")}
check_kube_proxy ${check}
`;
  const { stdout, stderr, status } = spawnSync("sh", ["-s"], { input: source, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.replaceAll(`${folder}/`, "");
}

describe("the program", () => {
  const judge = (says: string | undefined, mode = 0o755) => {
    const file = path.join(folder, "program");
    rmSync(file, { force: true });
    if (says !== undefined) writeFileSync(file, `#!/bin/sh\n[ "$*" = --version ] && echo '${says}'\n`, { mode });
    return problems(`kube-proxy "${file} 1.34"`);
  };
  const skew = "install one that isn't newer, and at most three minor versions older\n";
  test.each([
    ["of the cluster's version", judge("Kubernetes v1.34.4"), ""],
    ["three minor versions older", judge("Kubernetes v1.31.0"), ""],
    ["older than that", judge("Kubernetes v1.30.9"), `kube-proxy program: is of Kubernetes 1.30, the cluster is of 1.34; ${skew}`],
    ["newer", judge("Kubernetes v1.35.0-rc.1"), `kube-proxy program: is of Kubernetes 1.35, the cluster is of 1.34; ${skew}`],
    ["another program", judge("3.7.15"), "kube-proxy program: doesn't say its version; is it kube-proxy, and for this processor?\n"],
    [
      "none",
      judge(undefined),
      "kube-proxy program: isn't there, or can't be run; install kube-proxy 1.34 there, or write proxy.host.binary\n",
    ],
    [
      "one that can't be run",
      judge("Kubernetes v1.34.4", 0o644),
      "kube-proxy program: isn't there, or can't be run; install kube-proxy 1.34 there, or write proxy.host.binary\n",
    ],
  ])("%s", (_, said, wanted) => expect(said).toBe(wanted));
});

describe("the kubeconfig", () => {
  const file = path.join(folder, "kube-proxy.conf");
  test("none", () => {
    expect(problems(`kube-proxy-kubeconfig ${folder}/none.conf`)).toBe(
      "kube-proxy-kubeconfig none.conf: isn't there; make it on a control plane (kubeadm kubeconfig user --client-name=system:kube-proxy) and copy it here, or write proxy.host.kubeconfig\n",
    );
  });
  /** What is said of a text, with an API server that gives this answer. */
  const judge = (text: string, status = "200") => {
    writeFileSync(file, text);
    const curl = `work=${folder}; remark() { echo "remark: $1"; }; curl() { printf ${status}; }`;
    return problems(`kube-proxy-kubeconfig ${file}`, curl);
  };
  const anew = "anew on a control plane (kubeadm kubeconfig user --client-name=system:kube-proxy)\n";
  const good =
    "kind: Config\nclusters:\n- cluster:\n    server: https://10.100.0.20:6443\n  name: lab\nusers:\n- user:\n    token: secret\n";

  test.each([
    [
      "names no API server",
      judge("kind: Config\nclusters: []\n"),
      "kube-proxy-kubeconfig kube-proxy.conf: names no API server (clusters[0].cluster.server)\n",
    ],
    ["is taken", judge(good), ""],
    ["has several users, of whom the first isn't known", judge(`${good}- user:\n    token: other\n`, "401"), ""],
    [
      "isn't known",
      judge(good, "401"),
      `kube-proxy-kubeconfig kube-proxy.conf: the API server doesn't know these credentials (HTTP 401): another cluster's, or expired; make them ${anew}`,
    ],
    [
      "is another user's",
      judge(good, "403"),
      `kube-proxy-kubeconfig kube-proxy.conf: its user may not list services (HTTP 403); make it ${anew.replace("anew ", "")}`,
    ],
    [
      "can't be tried",
      judge(good, "000"),
      "remark: the credentials in kube-proxy.conf could not be tried: the API server gives no answer here (HTTP 000)\n",
    ],
  ])("one that %s", (_, said, wanted) => expect(said).toBe(wanted));

  test.each([
    [
      "a token, which no list of processes shows",
      good,
      "--silent --max-time 5 --output /dev/null --write-out %{http_code} --cacert  --header @/client-key https://10.100.0.20:6443/api/v1/services?limit=1",
    ],
    [
      "a certificate in it, as kubeadm makes it",
      good.replace("    token: secret\n", "    client-certificate-data: Y2VydA==\n    client-key-data: a2V5\n"),
      "--silent --max-time 5 --output /dev/null --write-out %{http_code} --cacert  --cert /client-certificate --key /client-key https://10.100.0.20:6443/api/v1/services?limit=1",
    ],
    [
      "files, as the kubelet's",
      good.replace("    token: secret\n", "    client-certificate: /pki/kubelet.pem\n    client-key: /pki/kubelet.pem\n"),
      "--silent --max-time 5 --output /dev/null --write-out %{http_code} --cacert  --cert /pki/kubelet.pem --key /pki/kubelet.pem https://10.100.0.20:6443/api/v1/services?limit=1",
    ],
  ])("credentials: %s; the key's copy doesn't stay", (_, text, wanted) => {
    writeFileSync(file, text);
    const definitions = `work=${folder}; remark() { :; }; curl() { echo "$*" >${folder}/asked; printf 200; }`;
    expect(problems(`kube-proxy-kubeconfig ${file}`, definitions)).toBe("");
    expect(readFileSync(path.join(folder, "asked"), "utf8").replaceAll(folder, "")).toBe(`${wanted}\n`);
    expect(existsSync(path.join(folder, "client-key"))).toBe(false);
  });
});

describe("another kube-proxy", () => {
  /** A process of that name runs while the agent looks. */
  function whileOneRuns(look: (pid: number) => string): string {
    const program = path.join(folder, "kube-proxy");
    cpSync("/bin/sleep", program);
    const child = spawn(program, ["60"]);
    const pid = child.pid ?? 0;
    try {
      return look(pid);
    } finally {
      child.kill();
    }
  }
  /** Of all processes of this machine, the agent sees that one. */
  const only = (pid: number) => `cat() { [ "$1" != "\${1#/proc/${pid}/}" ] && command cat "$@"; }`;

  test("beside our unit's", () => {
    const said = whileOneRuns((pid) =>
      problems("kube-proxy-alone kube-proxy.service", only(pid), "systemctl() { echo 0; }").replace(String(pid), "PID"),
    );
    expect(said).toBe(
      "kube-proxy-alone kube-proxy.service: another kube-proxy runs here (pid PID), and two would undo each other's rules; stop and disable it\n",
    );
  });
  test("in a pod", () => {
    const said = whileOneRuns((pid) =>
      problems("kube-proxy-alone kube-proxy.service", only(pid), "systemctl() { echo 0; }", "grep() { true; }").replace(String(pid), "PID"),
    );
    expect(said).toBe(
      "kube-proxy-alone kube-proxy.service: a pod's kube-proxy runs here (pid PID), and two would undo each other's rules; delete the DaemonSet: kubectl -n kube-system delete daemonset kube-proxy (the rules stay in force; `kubeadm init phase addon kube-proxy` makes it again), or write proxy.runs: daemonset\n",
    );
  });
  test("our unit's own, or a unit of that name that was there before", () => {
    expect(whileOneRuns((pid) => problems("kube-proxy-alone kube-proxy.service", only(pid), `systemctl() { echo ${pid}; }`))).toBe("");
  });
});
