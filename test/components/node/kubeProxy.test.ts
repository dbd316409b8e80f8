import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    expect(problems(`kube-proxy-kubeconfig ${file}`)).toBe(
      "kube-proxy-kubeconfig kube-proxy.conf: isn't there; make it on a control plane (kubeadm kubeconfig user --client-name=system:kube-proxy) and copy it here, or write proxy.host.kubeconfig\n",
    );
  });
  test("one without an API server, and one with", () => {
    const judge = (text: string) => {
      writeFileSync(file, text);
      return problems(`kube-proxy-kubeconfig ${file}`);
    };
    expect(judge("kind: Config\nclusters: []\n")).toBe(
      "kube-proxy-kubeconfig kube-proxy.conf: names no API server (clusters[0].cluster.server)\n",
    );
    expect(judge("kind: Config\nclusters:\n- cluster:\n    server: https://10.100.0.20:6443\n  name: lab\n")).toBe("");
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
