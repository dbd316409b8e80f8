import { type Check, NotThere, type PacketCheck, type Verdict } from "../../../analysis/verify/check";
import { planChecks } from "../../../analysis/verify/checks";
import type { Outcome } from "../../../components/node/dial";
import { client, facts, planOf } from "./plans";

/** What each check makes of what its command says. The outputs are those of the lab's busybox, of BIND's nslookup, of curl 7.88 and of agnhost. */
const { checks } = planChecks(planOf(), client);

function find(name: string, to?: string): PacketCheck {
  const check = checks.find((one: Check) => one.kind === "packet" && one.name === name && (to === undefined || one.to === to));
  if (check?.kind !== "packet") throw new Error(`no check ${name} to ${to}`);
  return check;
}

const outcome = (stdout: string, code = 0, stderr = ""): Outcome => ({ code, stdout, stderr });
const timedOut = outcome("", 143);
const good = (detail: string): Verdict => ({ passed: true, detail });
const bad = (detail: string): Verdict => ({ passed: false, detail });

describe("pod to pod", () => {
  // From probe-1, 10.244.20.2, to probe-2, 10.244.21.2.
  const check = find("pod to pod, other node", "pod on w1");
  const answer = (name: string, source: string, size: string) => outcome(`${name}\n${source}\n${size}\n`);

  test.each([
    [
      "the right pod, its own address, all of the message",
      answer("probe-2", "10.244.20.2:40000", "3000"),
      good("10.244.20.2 to 10.244.21.2"),
    ],
    [
      "no answer",
      timedOut,
      bad(
        "10.244.20.2: no answer from 10.244.21.2 within 3 s: dropped on the way; see `plumbline plan --node cp1` and `plumbline plan --node w1`",
      ),
    ],
    [
      "refused",
      outcome("", 1, "wget: can't connect to remote host (10.244.21.2): Connection refused\n"),
      bad("10.244.20.2: connection to 10.244.21.2 refused: the packet arrived, but nothing listens there"),
    ],
    [
      "another pod answers",
      answer("hello", "10.244.20.2:40000", "3000"),
      bad("10.244.21.2 is answered by hello instead of probe-2: two pods have one address"),
    ],
    [
      "masqueraded",
      answer("probe-2", "10.100.0.20:40000", "3000"),
      bad("10.244.21.2 sees 10.100.0.20 instead of 10.244.20.2: something masquerades between pods; see `nft list ruleset` on cp1"),
    ],
    [
      "full-size packets are lost",
      answer("probe-2", "10.244.20.2:40000", "0"),
      bad(
        "10.244.20.2 to 10.244.21.2: small packets pass, those of 1500 bytes don't: cluster.mtu is above what the way between the nodes carries",
      ),
    ],
  ])("%s", (_, said, verdict) => {
    expect(check.judge(said, facts)).toEqual(verdict);
  });

  test("a pod that doesn't run can't be judged", () => {
    const none = {
      ...facts,
      podAddress: () => {
        throw new NotThere("the probe pod on w1 is not ready");
      },
    };
    expect(() => check.command(none)).toThrow(new NotThere("the probe pod on w1 is not ready"));
  });
});

describe("connections of pods", () => {
  test.each([
    ["accepted", outcome(""), good("10.96.0.1:443 accepts")],
    [
      "no answer",
      outcome("", 1, "TIMEOUT\n"),
      bad("no answer from 10.96.0.1:443 within 3 s: dropped on the way; see `plumbline plan --node cp1`"),
    ],
    [
      "no endpoint",
      outcome("", 1, "REFUSED\n"),
      bad("connection to 10.96.0.1:443 refused: kube-proxy knows no API server behind it; see `kubectl get endpointslices`"),
    ],
    [
      "no route",
      outcome("", 1, "OTHER: dial tcp 10.96.0.1:443: connect: no route to host\n"),
      bad(
        "10.96.0.1:443 is unreachable: a router on the way, or a firewall that rejects, says so; compare `ip route` with `plumbline plan`",
      ),
    ],
    [
      "another image",
      outcome("", 127, "sh: /agnhost: not found\n"),
      bad("10.96.0.1:443: a program is missing there: sh: /agnhost: not found"),
    ],
  ])("%s", (_, said, verdict) => {
    expect(find("pod to API service").judge(said, facts)).toEqual(verdict);
  });
});

describe("services", () => {
  test.each([
    ["answered", outcome("backend"), good("ClusterIP 10.96.7.7")],
    ["answered by somebody else", outcome("probe-1"), bad("ClusterIP 10.96.7.7 is answered by probe-1")],
    [
      "not translated",
      timedOut,
      bad(
        "no answer from ClusterIP 10.96.7.7 within 3 s: kube-proxy on cp1 doesn't translate it, or the backend's answer takes another way back; see `kubectl -n kube-system logs -l k8s-app=kube-proxy`",
      ),
    ],
  ])("ClusterIP: %s", (_, said, verdict) => {
    expect(find("pod to ClusterIP").judge(said, facts)).toEqual(verdict);
  });

  test.each([
    ["answered", outcome("backend"), 31000, good("10.100.0.20:31000")],
    [
      "dropped",
      outcome("", 28, "*   Trying 10.100.0.20:31000...\ncurl: (28) Connection timed out after 3001 milliseconds\n"),
      31000,
      bad(
        "no answer from 10.100.0.20:31000 within 3 s: dropped by cp1, or on the way to the backend on w1; see `plumbline plan --node cp1` and `plumbline plan --node w1`",
      ),
    ],
    [
      "refused",
      outcome(
        "",
        7,
        "*   Trying 10.100.0.20:31000...\n* connect to 10.100.0.20 port 31000 failed: Connection refused\ncurl: (7) Failed to connect\n",
      ),
      31000,
      bad("connection to 10.100.0.20:31000 refused: kube-proxy on cp1 doesn't answer on this address"),
    ],
    [
      "outside of the range",
      outcome("", 28),
      20000,
      bad("the API server gives port 20000, outside of proxy.nodePorts 30000-32767: write its --service-node-port-range there"),
    ],
  ])("NodePort: %s", (_, said, nodePort, verdict) => {
    expect(find("NodePort from outside", "cp1 10.100.0.20").judge(said, { ...facts, nodePort: () => nodePort })).toEqual(verdict);
  });
});

describe("names", () => {
  const busybox = (rest: string) => `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n${rest}`;
  const question = "kubernetes.default.svc.cluster.local at 10.96.0.10";

  test.each([
    ["busybox", outcome(busybox("Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n\n")), good("10.96.0.10: 10.96.0.1")],
    [
      "BIND",
      outcome("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n"),
      good("10.96.0.10: 10.96.0.1"),
    ],
    [
      "another address",
      outcome(busybox("Name:\tx\nAddress: 10.97.0.1\n")),
      bad(`${question} is answered with 10.97.0.1 instead of 10.96.0.1`),
    ],
    [
      "no such name",
      outcome(busybox("** server can't find kubernetes.default.svc.cluster.local: NXDOMAIN\n"), 1),
      bad(
        `${question}: NXDOMAIN. CoreDNS runs but doesn't serve cluster.local: is its Corefile the plan's, and may it read services (ClusterRole system:coredns)?`,
      ),
    ],
    [
      "no answer",
      timedOut,
      bad(
        "no answer about kubernetes.default.svc.cluster.local at the pod's name server within 3 s. Does CoreDNS run, and does its service have endpoints? See `kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns`.",
      ),
    ],
  ])("a service: %s", (_, said, verdict) => {
    expect(find("DNS of a service").judge(said, facts)).toEqual(verdict);
  });

  test("a headless service: all of its pods, in any order", () => {
    const check = find("DNS of a headless service");
    const answer = (...addresses: string[]) =>
      outcome(busybox(addresses.map((address) => `Name:\theadless\nAddress: ${address}\n`).join("")));
    expect(check.judge(answer("10.244.21.3", "10.244.20.2", "10.244.21.2", "10.244.21.4"), facts)).toEqual(
      good("10.96.0.10: 10.244.20.2, 10.244.21.2, 10.244.21.3, 10.244.21.4"),
    );
    expect(check.judge(answer("10.244.20.2"), facts)).toEqual(
      bad(
        "headless.plumbline-verify-1.svc.cluster.local at 10.96.0.10 is answered with 10.244.20.2 instead of 10.244.20.2, 10.244.21.2, 10.244.21.3, 10.244.21.4",
      ),
    );
  });

  test("an outside name that the upstream doesn't know", () => {
    expect(
      find("DNS of an outside name").judge(outcome(busybox("** server can't find www.outside.example: SERVFAIL\n"), 1), facts),
    ).toEqual(
      bad(
        "www.outside.example at 10.96.0.10: SERVFAIL. CoreDNS asks dns.upstream (/etc/resolv.conf): does that name exist there, and do its packets come back?",
      ),
    );
  });

  const mend = "The kubelet on cp1 gives it: clusterDNS and clusterDomain in /var/lib/kubelet/config.yaml.";
  test.each([
    [
      "the plan's",
      "search plumbline-verify-1.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
      good("10.96.0.10, ndots:5"),
    ],
    [
      "other options",
      "search plumbline-verify-1.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:1 timeout:1\n",
      bad(`options are ndots:1 timeout:1, not ndots:5. ${mend}`),
    ],
    [
      "the host's",
      "nameserver 10.100.0.9\nsearch plumbline-verify-1.svc.cluster.local\n",
      bad(`nameserver is 10.100.0.9, the plan's DNS service is 10.96.0.10. ${mend}`),
    ],
    [
      "another domain",
      "search plumbline-verify-1.svc.corp.example\nnameserver 10.96.0.10\n",
      bad(`search doesn't have plumbline-verify-1.svc.cluster.local. ${mend}`),
    ],
    ["empty", "", bad(`nameserver is missing, the plan's DNS service is 10.96.0.10. ${mend}`)],
  ])("resolv.conf: %s", (_, file, verdict) => {
    expect(find("pod's resolv.conf").judge(outcome(file), facts)).toEqual(verdict);
  });
});

describe("closed ports", () => {
  test.each([
    ["dropped", outcome("0", 28), good("10.100.0.20:2379 is dropped")],
    ["refused", outcome("0", 7, "* connect to 10.100.0.20 port 2379 failed: Connection refused\n"), good("10.100.0.20:2379 is refused")],
    ["rejected", outcome("0", 7, "* connect to 10.100.0.20 port 2379 failed: No route to host\n"), good("10.100.0.20:2379 is rejected")],
    [
      "open, whatever is said over it",
      outcome("1", 52, "curl: (52) Empty reply from server\n"),
      bad(
        "10.100.0.20:2379 accepts a connection from client, which no flow of the plan allows: is the firewall in force? See `nft list table inet plumbline` on cp1.",
      ),
    ],
    ["no curl", outcome("", 127, "sh: curl: not found\n"), bad("10.100.0.20:2379: a program is missing there: sh: curl: not found")],
  ])("from outside: %s", (_, said, verdict) => {
    expect(find("closed port", "cp1 2379").judge(said, facts)).toEqual(verdict);
  });

  test.each([
    ["accepted", outcome(""), good("10.100.0.20:10250 accepts")],
    ["nobody listens, but packets get in", outcome("", 1, "REFUSED\n"), good("10.100.0.20:10250 lets packets in, but nothing listens")],
    [
      "dropped",
      outcome("", 1, "TIMEOUT\n"),
      bad("no answer from 10.100.0.20:10250 within 2 s: dropped on the way; see `plumbline plan --node cp1`"),
    ],
  ])("an open one, from a pod: %s", (_, said, verdict) => {
    expect(find("open port", "cp1 10250").judge(said, facts)).toEqual(verdict);
  });
});
