import { spawnSync } from "node:child_process";
import { agent } from "../../../components/node/agent";
import { renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { missingNamespaces } from "../../support/judges";

const functions = agent().replace(/main "\$@"\n$/, "");

/**
 * Makes the agent set one list of items after another, on an /etc of its own whose `prepare` is shell, and prints after each what `show` shows;
 * another program's doings may come in between as text.
 */
function named(prepare: string, show: string, ...steps: readonly (readonly HostItem[] | string)[]): string[] {
  const script = `${functions}
work=$(mktemp -d) && mkdir "$work/etc" && mount -t tmpfs tmpfs "$work/etc" && mkdir "$work/etc/upper" "$work/etc/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/etc/upper,workdir=$work/etc/work" /etc
state=$work/state && desired=$work/parts && command=apply
mkdir -p "$state/original/files" "$state/original/dirs"
for name in sysctls links namespaces ports; do mkdir "$state/original/$name"; done
cd /etc && rm -rf resolv.conf hosts dhcp NetworkManager resolvconf
${prepare}
set_all() {
  unpack "$work/bundle" "$desired"; only_where "$desired"; resolver_files "$desired"
  check_files; check_hosts; check_resolver
  if ! has_problems; then take_originals; put_back_files; set_files; set_hosts; set_resolver; settle; fi
  [ ! -s "$work/problems" ] || { cat "$work/problems"; rm "$work/problems"; }
}
${steps
  .map((step) =>
    typeof step === "string"
      ? step
      : `cat >"$work/bundle" <<'END'
${renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items: step })}END
set_all
set_all
${show}
echo --`,
  )
  .join("\n")}
cd / && umount /etc && umount "$work/etc" && rm -rf "$work"
`;
  const { stdout, stderr, status } = spawnSync("unshare", ["--mount", "sh"], { input: script, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("--\n").slice(0, -1);
}

const name = (address: string, ...names: string[]): HostItem => ({ kind: "host-name", address, names });
const resolver: HostItem = { kind: "resolver", content: "# ours\nnameserver 10.0.0.53\nsearch corp.example\n" };
const block = (...lines: string[]) =>
  ["# BEGIN Plumbline: pulumi destroy takes these lines away", ...lines, "# END Plumbline", ""].join("\n");
const testHere = missingNamespaces() ? test.skip : test;

describe("/etc/hosts", () => {
  const prepare = `printf '127.0.0.1 localhost\\n10.0.0.9 git' >hosts; touch -d 2001-02-03 hosts`;

  testHere("gets our block, changes it, and is as it was without it: its bytes and its time", () => {
    const states = named(
      prepare,
      "cat hosts; stat -c '%s %y' hosts | cut -c 1-13",
      [name("10.0.0.7", "a", "b")],
      [name("fd00::7", "c")],
      [],
    );
    expect(states.map((text) => text.replace(/\d+ 20(?!01).*\n/, ""))).toEqual([
      `127.0.0.1 localhost\n10.0.0.9 git\n${block("10.0.0.7 a b")}`,
      `127.0.0.1 localhost\n10.0.0.9 git\n${block("fd00::7 c")}`,
      "127.0.0.1 localhost\n10.0.0.9 git32 2001-02-03\n",
    ]);
  });

  testHere("keeps what others write around the block", () => {
    const other = "sed -i 's/^10.0.0.9 .*/10.0.0.10 git/' hosts; echo 10.0.0.11 late >>hosts";
    expect(named(prepare, "cat hosts", [name("10.0.0.7", "a")], other, [name("10.0.0.8", "a")], [])).toEqual([
      `127.0.0.1 localhost\n10.0.0.9 git\n${block("10.0.0.7 a")}`,
      `127.0.0.1 localhost\n10.0.0.10 git\n10.0.0.11 late\n${block("10.0.0.8 a")}`,
      "127.0.0.1 localhost\n10.0.0.10 git\n10.0.0.11 late\n",
    ]);
  });

  testHere("with another address for the name, or half a block, is left alone", () => {
    const conflict =
      "host-name git: line 2 of /etc/hosts gives it the address 10.0.0.9, not 10.0.0.8; remove that line, or write that address in the stack\n";
    const half =
      "/etc/hosts: the lines BEGIN Plumbline and END Plumbline around our block aren't both there; remove what is left of the block\n";
    expect(
      named(
        prepare,
        "grep -c . hosts",
        [name("10.0.0.8", "git")],
        [name("10.0.0.9", "git"), name("fd00::9", "git")],
        "sed -i '/END/d' hosts",
        [name("10.0.0.7", "a")],
      ),
    ).toEqual([`${conflict}${conflict}2\n`, "6\n", `${half}${half}5\n`]);
  });
});

describe("the resolver", () => {
  const show =
    "cat resolv.conf; readlink resolv.conf; find . -newer /etc/hosts -name 'plumbline*' -o -name '10-plumbline*' | sort | xargs -r tail -n +1";
  const ours = "# ours\nnameserver 10.0.0.53\nsearch corp.example\n";

  testHere("of a plain host is its file; dhclient leaves it alone", () => {
    const prepare = "echo 'nameserver 10.0.0.1' >resolv.conf; mkdir -p dhcp/dhclient-enter-hooks.d; echo >hosts";
    expect(named(prepare, show, [resolver], [])).toEqual([`${ours}# ours\nmake_resolv_conf() { :; }\n`, "nameserver 10.0.0.1\n"]);
  });

  testHere("of systemd-resolved's host is a drop-in, asked before the links' servers; the link to its stub stays", () => {
    const prepare =
      "mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/resolve; echo 'nameserver 127.0.0.53' >/run/systemd/resolve/stub-resolv.conf; ln -s ../run/systemd/resolve/stub-resolv.conf resolv.conf; echo >hosts";
    const link = "nameserver 127.0.0.53\n../run/systemd/resolve/stub-resolv.conf\n";
    const refused =
      "resolver: systemd-resolved writes /etc/resolv.conf here, and takes no options; leave out host.resolver.options for this node\n";
    expect(named(prepare, show, [resolver], [], [{ ...resolver, content: "nameserver 10.0.0.53\noptions rotate\n" }])).toEqual([
      `${link}# ours\n[Resolve]\nDNS=10.0.0.53\nDomains=corp.example ~.\n`,
      link,
      `${refused}${refused}${link}`,
    ]);
  });

  testHere("of NetworkManager's host is its global setting", () => {
    const prepare =
      "printf '# Generated by NetworkManager\\nnameserver 10.0.0.1\\n' >resolv.conf; mkdir -p NetworkManager/conf.d; echo >hosts";
    const file = "# Generated by NetworkManager\nnameserver 10.0.0.1\n";
    expect(named(prepare, show, [resolver], [])).toEqual([
      `${file}# ours\n[global-dns]\nsearches=corp.example\noptions=\n[global-dns-domain-*]\nservers=10.0.0.53\n`,
      file,
    ]);
  });
});

testHere("a file for a program that isn't there isn't written", () => {
  const file: HostItem = {
    kind: "file",
    path: "/etc/NetworkManager/conf.d/10-plumbline.conf",
    mode: "0644",
    content: "x\n",
    where: "/etc/NetworkManager",
  };
  const show = "ls NetworkManager/conf.d 2>/dev/null";
  expect(named("echo >hosts", show, [file], "mkdir NetworkManager", [file], [])).toEqual(["", "10-plumbline.conf\n", ""]);
});
