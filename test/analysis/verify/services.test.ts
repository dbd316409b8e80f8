import type { Check, PacketCheck, Verdict } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import type { Outcome } from "../../../components/node/dial";
import { client, facts, planOf } from "./plans";

/** What the checks of services make of what is said; as in judge.test.ts. */
const { checks } = planChecks(planOf({ proxy: { mode: "nftables" } }), client);

function find(name: string, to?: string): PacketCheck {
  const check = checks.find((one: Check) => one.kind === "packet" && one.name === name && (to === undefined || one.to === to));
  if (check?.kind !== "packet") throw new Error(`no check ${name} to ${to}`);
  return check;
}

const outcome = (stdout: string, code = 0, stderr = ""): Outcome => ({ code, stdout, stderr });
const good = (detail: string): Verdict => ({ passed: true, detail });
const bad = (detail: string): Verdict => ({ passed: false, detail });
const noRules =
  "kube-proxy on cp1 doesn't translate it, or the backend's answer takes another way back; see `kubectl -n kube-system logs -l k8s-app=kube-proxy`";

test.each([
  ["answered", outcome('{"responses":["backend"]}'), good("ClusterIP 10.96.7.7, port 8081")],
  [
    "refused",
    outcome(`{"errors":["reading from udp connection failed. err:'read udp: connection refused'"]}`),
    bad(`ClusterIP 10.96.7.7, port 8081: {"errors":["reading from udp connection failed. err:'read udp: connection refused'"]}`),
  ],
  ["silent", outcome("", 143), bad(`no answer from ClusterIP 10.96.7.7 within 3 s: ${noRules}`)],
])("UDP: %s", (_, said, verdict) => {
  expect(find("pod to ClusterIP, UDP").judge(said, facts)).toEqual(verdict);
});

test.each([
  [
    "on the hosts",
    { runs: "host" },
    "kube-proxy on cp1 doesn't translate it, or the backend's answer takes another way back; see `journalctl -u kube-proxy` on cp1",
  ],
  ["replaced", { mode: "none" }, "what replaces kube-proxy on cp1 doesn't translate it, or the backend's answer takes another way back"],
] as const)("where one reads more, with kube-proxy %s", (_, proxy, mend) => {
  const { checks } = planChecks(planOf({ proxy }), client);
  const check = checks.find(({ name }) => name === "pod to ClusterIP");
  if (check?.kind !== "packet") throw new Error("no check of a ClusterIP");
  expect(check.judge(outcome("", 143), facts)).toEqual(bad(`no answer from ClusterIP 10.96.7.7 within 3 s: ${mend}`));
});

const names = (...list: string[]) => outcome(list.map((name) => `${name}\n`).join(""));
test.each([
  ["one backend", names(...Array<string>(10).fill("backend-2")), good("ClusterIP 10.96.7.8: backend-2")],
  [
    "both",
    names(...Array<string>(9).fill("backend-2"), "backend"),
    bad("ClusterIP 10.96.7.8 is answered by backend and backend-2: kube-proxy on cp1 keeps no affinity"),
  ],
  ["somebody else", names(...Array<string>(10).fill("probe-1")), bad("ClusterIP 10.96.7.8 is answered by probe-1")],
  ["silent after some", outcome("backend\nbackend\n", 143), bad(`no answer from ClusterIP 10.96.7.8 within 3 s: ${noRules}`)],
])("session affinity: %s", (_, said, verdict) => {
  expect(find("session affinity").judge(said, facts)).toEqual(verdict);
});

const silentPort = outcome("", 28, "curl: (28) Connection timed out after 2001 milliseconds\n");
const refusedPort = outcome("", 1, "wget: can't connect to remote host (10.244.20.1): Connection refused\n");
test.each([
  ["silent", outcome("", 143), good("10.244.20.1:31000 is silent")],
  ["refused", refusedPort, good("10.244.20.1:31000 is refused")],
  [
    "answered",
    outcome("backend"),
    bad(
      "10.244.20.1:31000 is answered by backend, though kube-proxy on cp1 shouldn't take NodePorts there: does it run with the plan's mode?",
    ),
  ],
  ["another image", outcome("", 127, "sh: wget: not found\n"), bad("10.244.20.1:31000: a program is missing there: sh: wget: not found")],
])("a NodePort where there should be none: %s", (_, said, verdict) => {
  expect(find("NodePort on another address", "cp1 10.244.20.1").judge(said, facts)).toEqual(verdict);
});

describe("externalTrafficPolicy Local", () => {
  test.each([
    ["the client's address", outcome("10.100.0.9:40000"), good("10.100.0.21:31001: 10.100.0.9")],
    [
      "another one",
      outcome("10.244.21.1:40000"),
      bad(
        "the pod behind 10.100.0.21:31001 sees 10.244.21.1 instead of 10.100.0.9: something on the way, or on w1, translates the client's address",
      ),
    ],
    ["silent", silentPort, bad("no answer from 10.100.0.21:31001 within 3 s: dropped on the way; see `plumbline plan --node w1`")],
  ])("at the node with the pod: %s", (_, said, verdict) => {
    expect(find("externalTrafficPolicy Local", "w1 10.100.0.21").judge(said, facts)).toEqual(verdict);
  });

  test.each([
    ["dropped", silentPort, good("10.100.0.20:31001 is silent")],
    [
      "answered",
      outcome("10.100.0.20:40000"),
      bad(
        "10.100.0.20:31001 is answered, though cp1 has no pod of the service: something forwards it with another source address (10.100.0.20)",
      ),
    ],
  ])("at another node: %s", (_, said, verdict) => {
    expect(find("externalTrafficPolicy Local", "cp1 10.100.0.20").judge(said, facts)).toEqual(verdict);
  });
});
