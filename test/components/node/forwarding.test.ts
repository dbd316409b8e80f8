import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { agent } from "../../../components/node/agent";

const folder = mkdtempSync(path.join(tmpdir(), "plumbline-forwarding-"));
afterAll(() => rmSync(folder, { recursive: true }));
const program = (name: string, lines: string) => writeFileSync(path.join(folder, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });

/** A host by its programs: the filter rules as `iptables-save` prints them, and firewalld, if it runs, by the zone of the pods' range. */
interface Host {
  readonly iptables?: string;
  readonly ip6tables?: string;
  readonly firewalld?: string;
  readonly policies?: string;
}

/** What the agent says of pods' forwarding on a host. */
function problems(range: string, { iptables = "", ip6tables = "", firewalld, policies = "" }: Host): string {
  for (const [name, rules] of Object.entries({ iptables, ip6tables }))
    program(`${name}-save`, `[ "$1" = --version ] && echo '${name}-save v1.8.9 (nf_tables)' || printf '%s' '${rules}'`);
  program("systemctl", firewalld === undefined ? "exit 3" : "exit 0");
  program("firewall-cmd", `case $1 in --get-zone-of-source=*) echo '${firewalld}' ;; --list-all-policies) echo '${policies}' ;; esac`);
  const input = `${agent().replace(/main "\$@"\n$/, "")}
PATH=${folder}:$PATH
work=${folder}
problem() { echo "$1: $2"; }
check_pods_forwarded ${range}
`;
  const { stdout, stderr, status } = spawnSync("sh", ["-s"], { input, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout;
}

const docker = (...rules: string[]) =>
  ["*filter", ":INPUT ACCEPT [0:0]", ":FORWARD DROP [0:0]", ":DOCKER-USER - [0:0]", ...rules, "-A DOCKER-USER -j RETURN", ""].join("\n");
const ufw = (...rules: string[]) => ["*filter", ":FORWARD DROP [0:0]", ":ufw-user-forward - [0:0]", ...rules, ""].join("\n");

const policies = (target: string) => `allow-host-ipv6 (active)
  priority: -15000
  target: CONTINUE
  ingress-zones: ANY
  egress-zones: HOST

to-pods (active)
  priority: -1
  target: ${target}
  ingress-zones: ANY
  egress-zones: trusted
  services: `;

test("a host without other filters, and one whose policy is to accept", () => {
  expect(problems("10.244.0.0/16", {})).toBe("");
  expect(problems("10.244.0.0/16", { iptables: ":FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n" })).toBe("");
});

test("Docker's FORWARD DROP, until its place for others' rules accepts pods both ways", () => {
  const message =
    "pods-forwarded 10.244.0.0/16: Docker drops what this host forwards; run: iptables -I DOCKER-USER -s 10.244.0.0/16 -j ACCEPT && iptables -I DOCKER-USER -d 10.244.0.0/16 -j ACCEPT\n";
  const [from, to] = ["-A DOCKER-USER -s 10.244.0.0/16 -j ACCEPT", "-A DOCKER-USER -d 10.244.0.0/16 -j ACCEPT"] as const;
  expect(problems("10.244.0.0/16", { iptables: docker() })).toBe(message);
  expect(problems("10.244.0.0/16", { iptables: docker(from) })).toBe(message);
  expect(problems("10.244.0.0/16", { iptables: docker(from, "-A DOCKER-USER -d 10.244.0.0/16 -p tcp -j ACCEPT") })).toBe(message);
  expect(problems("10.244.0.0/16", { iptables: docker(from, to) })).toBe("");
});

test("ufw", () => {
  const rules = ["-A ufw-user-forward -s 10.244.0.0/16 -j ACCEPT", "-A ufw-user-forward -d 10.244.0.0/16 -j ACCEPT"];
  expect(problems("10.244.0.0/16", { iptables: ufw() })).toBe(
    "pods-forwarded 10.244.0.0/16: ufw drops what this host forwards; run: ufw route allow from 10.244.0.0/16 && ufw route allow to 10.244.0.0/16\n",
  );
  expect(problems("10.244.0.0/16", { iptables: ufw(...rules) })).toBe("");
});

test("firewalld, until the pods' range is in the trusted zone and a policy lets others in", () => {
  const zone = (found: string, verb: string) =>
    `pods-forwarded 10.244.0.0/16: firewalld rejects what pods send on${found}; run: firewall-cmd --permanent --zone=trusted --${verb}-source=10.244.0.0/16 && firewall-cmd --reload\n`;
  const policy =
    "pods-forwarded 10.244.0.0/16: firewalld rejects what comes to pods from elsewhere; run: firewall-cmd --permanent --new-policy=to-pods && firewall-cmd --permanent --policy=to-pods --set-target=ACCEPT && firewall-cmd --permanent --policy=to-pods --add-ingress-zone=ANY && firewall-cmd --permanent --policy=to-pods --add-egress-zone=trusted && firewall-cmd --reload\n";
  expect(problems("10.244.0.0/16", { firewalld: "" })).toBe(zone("", "add") + policy);
  expect(problems("10.244.0.0/16", { firewalld: "public" })).toBe(zone(" (their zone is public)", "change") + policy);
  expect(problems("10.244.0.0/16", { firewalld: "trusted", policies: policies("CONTINUE") })).toBe(policy);
  expect(problems("10.244.0.0/16", { firewalld: "trusted", policies: policies("ACCEPT") })).toBe("");
});

test("each family by its own rules", () => {
  const host = { iptables: "", ip6tables: ":FORWARD DROP [0:0]\n" };
  expect(problems("10.244.0.0/16", host)).toBe("");
  expect(problems("fd00:10:244::/56", host)).toBe(
    "pods-forwarded fd00:10:244::/56: the policy of ip6tables' chain FORWARD is DROP; run, and make permanent where that is set: ip6tables -I FORWARD -s fd00:10:244::/56 -j ACCEPT && ip6tables -I FORWARD -d fd00:10:244::/56 -j ACCEPT\n",
  );
});
