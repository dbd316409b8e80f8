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

/** Runs a function of the agent for pods of these ranges; gives the problems that it finds, and what iptables-restore is told. */
function onHost(call: string, ranges: readonly string[], { iptables = "", ip6tables = "", firewalld, policies = "" }: Host) {
  for (const [name, rules] of Object.entries({ iptables, ip6tables })) {
    program(`${name}-nft-save`, `[ "$1" = --version ] && echo '${name}-save v1.8.9 (nf_tables)' || printf '%s' '${rules}'`);
    program(`${name}-legacy-save`, "exit 0");
    program(`${name}-nft-restore`, `echo "${name}-restore $*"; cat`);
  }
  program("systemctl", firewalld === undefined ? "exit 3" : "exit 0");
  program("firewall-cmd", `case $1 in --get-zone-of-source=*) echo '${firewalld}' ;; --list-all-policies) echo '${policies}' ;; esac`);
  rmSync(path.join(folder, "problems"), { force: true });
  writeFileSync(path.join(folder, "forwarded"), ranges.map((range) => `${range}\n`).join(""));
  const input = `${agent().replace(/main "\$@"\n$/, "")}
PATH=${folder}:$PATH
work=${folder} desired=${folder} state=${folder}
problem() { echo "$1: $2" | tee -a ${folder}/problems; }
${call}
`;
  const { stdout, stderr, status } = spawnSync("sh", ["-s"], { input, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout;
}
const problems = (range: string, host: Host) => onHost("check_forwarded", [range], host);
const change = (ranges: readonly string[], host: Host) => onHost("change_filters", ranges, host);

const filter = (...lines: string[]) => ["*filter", ...lines, "COMMIT", ""].join("\n");
const docker = (policy: string, ...rules: string[]) =>
  filter(":INPUT ACCEPT [0:0]", `:FORWARD ${policy} [0:0]`, ":DOCKER-USER - [0:0]", ...rules, "-A DOCKER-USER -j RETURN");
const restored = (program: string, ...lines: string[]) => `${program}-restore --wait=10 --noflush\n${filter(...lines)}`;
const accepted = (range: string) => [`-A PLUMBLINE-FORWARD -s ${range} -j ACCEPT`, `-A PLUMBLINE-FORWARD -d ${range} -j ACCEPT`];
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

test("a filter that drops nothing is left alone, and so is a host without one", () => {
  expect(change(["10.244.0.0/16"], {})).toBe("");
  expect(change(["10.244.0.0/16"], { iptables: docker("ACCEPT") })).toBe("");
});

test("a policy to drop: after all rules of others, what is from and to pods is accepted", () => {
  expect(change(["10.244.0.0/16", "10.245.0.0/16"], { iptables: docker("DROP", "-A FORWARD -j DOCKER-USER") })).toBe(
    restored(
      "iptables",
      ":PLUMBLINE-FORWARD - [0:0]",
      ...accepted("10.244.0.0/16"),
      ...accepted("10.245.0.0/16"),
      "-A FORWARD -j PLUMBLINE-FORWARD",
    ),
  );
});

test("a last rule that drops the rest: ours stands before it", () => {
  const rules = ["-A FORWARD -i eth1 -j ACCEPT", "-A FORWARD -j REJECT --reject-with icmp-host-prohibited", "-A FORWARD -j DROP"];
  expect(change(["10.244.0.0/16"], { iptables: filter(":FORWARD ACCEPT [0:0]", ...rules) })).toBe(
    restored("iptables", ":PLUMBLINE-FORWARD - [0:0]", ...accepted("10.244.0.0/16"), "-I FORWARD 2 -j PLUMBLINE-FORWARD"),
  );
});

describe("a filter that has our chain already", () => {
  const ours = [":PLUMBLINE-FORWARD - [0:0]", "-A FORWARD -j PLUMBLINE-FORWARD", ...accepted("10.99.0.0/16")];

  test("gets it anew, at its place, in one transaction", () => {
    expect(change(["10.244.0.0/16"], { iptables: docker("DROP", ...ours, "-A FORWARD -i eth1 -j ACCEPT", "-A FORWARD -j DROP") })).toBe(
      restored(
        "iptables",
        ":PLUMBLINE-FORWARD - [0:0]",
        "-D FORWARD -j PLUMBLINE-FORWARD",
        ...accepted("10.244.0.0/16"),
        "-I FORWARD 2 -j PLUMBLINE-FORWARD",
      ),
    );
  });

  test.each([
    ["when no range is wanted any more", [], docker("DROP", ...ours)],
    ["when nothing drops any more", ["10.244.0.0/16"], docker("ACCEPT", ...ours)],
  ])("loses it, and nothing else, %s", (_, ranges, iptables) => {
    expect(change(ranges, { iptables })).toBe(
      restored("iptables", "-D FORWARD -j PLUMBLINE-FORWARD", "-F PLUMBLINE-FORWARD", "-X PLUMBLINE-FORWARD"),
    );
  });

  test("is refused when it isn't of our making", () => {
    expect(problems("10.244.0.0/16", { iptables: docker("DROP", ...ours) })).toBe(
      "accept-forwarded 10.244.0.0/16: there is a chain PLUMBLINE-FORWARD already and it isn't ours; remove it\n",
    );
  });
});

test("each family in its own filter", () => {
  const host = { iptables: docker("DROP"), ip6tables: filter(":FORWARD DROP [0:0]") };
  expect(change(["fd00:10:244::/56"], host)).toBe(
    restored("ip6tables", ":PLUMBLINE-FORWARD - [0:0]", ...accepted("fd00:10:244::/56"), "-A FORWARD -j PLUMBLINE-FORWARD"),
  );
});

test("a check tries the change, and changes nothing", () => {
  expect(problems("10.244.0.0/16", { iptables: docker("DROP") })).toMatch(/^iptables-restore --wait=10 --noflush --test\n\*filter\n/);
});

test("ufw's choice to drop is its administrator's to change", () => {
  const rules = ["-A ufw-user-forward -s 10.244.0.0/16 -j ACCEPT", "-A ufw-user-forward -d 10.244.0.0/16 -j ACCEPT"];
  expect(problems("10.244.0.0/16", { iptables: ufw() })).toBe(
    "accept-forwarded 10.244.0.0/16: ufw drops what this host forwards; run: ufw route allow from 10.244.0.0/16 && ufw route allow to 10.244.0.0/16\n",
  );
  expect(problems("10.244.0.0/16", { iptables: ufw(...rules) })).toBe("");
});

test("firewalld, until the pods' range is in the trusted zone and a policy lets others in", () => {
  const zone = (found: string, verb: string) =>
    `accept-forwarded 10.244.0.0/16: firewalld rejects what pods send on${found}; run: firewall-cmd --permanent --zone=trusted --${verb}-source=10.244.0.0/16 && firewall-cmd --reload\n`;
  const policy =
    "accept-forwarded 10.244.0.0/16: firewalld rejects what comes to pods from elsewhere; run: firewall-cmd --permanent --new-policy=to-pods && firewall-cmd --permanent --policy=to-pods --set-target=ACCEPT && firewall-cmd --permanent --policy=to-pods --add-ingress-zone=ANY && firewall-cmd --permanent --policy=to-pods --add-egress-zone=trusted && firewall-cmd --reload\n";
  expect(problems("10.244.0.0/16", { firewalld: "" })).toBe(zone("", "add") + policy);
  expect(problems("10.244.0.0/16", { firewalld: "public" })).toBe(zone(" (their zone is public)", "change") + policy);
  expect(problems("10.244.0.0/16", { firewalld: "trusted", policies: policies("CONTINUE") })).toBe(policy);
  expect(problems("10.244.0.0/16", { firewalld: "trusted", policies: policies("ACCEPT") })).toBe("");
});
