import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { agent } from "../../../components/node/agent";
import { applyScript, generationOf, renderBundle } from "../../../components/node/bundle";
import type { HostItem } from "../../../core/host";
import { workerItems } from "./worker";

const golden = (name: string) => readFileSync(path.join(__dirname, "golden", name), "utf8");
const render = (items: readonly HostItem[]) => renderBundle({ node: "w1", confirmTimeoutSeconds: 60, items });

test("a worker's bundle", () => {
  expect(render(workerItems)).toBe(golden("worker.bundle"));
});

test("a bundle without items", () => {
  expect(render([])).toBe("plumbline bundle 1\nnode w1\nconfirm-timeout 60\n");
});

test("the order of the items, and saying one twice, don't matter", () => {
  const shuffled = fc.shuffledSubarray([...workerItems, ...workerItems], { minLength: 2 * workerItems.length });
  fc.assert(fc.property(shuffled, (items) => expect(render(items)).toBe(golden("worker.bundle"))));
});

test("one more route is one more line of the diff", () => {
  const before = render(workerItems).split("\n");
  const after = render([...workerItems, { kind: "route", destination: "10.244.4.0/24", via: "10.100.0.24" }]).split("\n");
  expect(after.filter((line) => !before.includes(line))).toEqual(["route 10.244.4.0/24 via 10.100.0.24"]);
  expect(before.filter((line) => !after.includes(line))).toEqual([]);
});

test("a generation is the beginning of the SHA-256, as sha256sum prints it", () => {
  const { stdout } = spawnSync("sha256sum", { input: golden("worker.bundle"), encoding: "utf8" });
  expect(generationOf(golden("worker.bundle"))).toBe(stdout.slice(0, 12));
});

describe("items that contradict each other", () => {
  const route = (via?: string): HostItem => ({ kind: "route", destination: "10.244.1.0/24", via });
  const file = (content: string): HostItem => ({ kind: "file", path: "/etc/a", mode: "0644", content });
  const cases: [string, HostItem[], string][] = [
    [
      "a sysctl",
      ["0", "1"].map((value) => ({ kind: "sysctl", key: "net.ipv4.ip_forward", value })),
      "Two different items for one sysctl net.ipv4.ip_forward: sysctl net.ipv4.ip_forward 0 and sysctl net.ipv4.ip_forward 1.",
    ],
    [
      "a route",
      [route("10.100.0.21"), route()],
      "Two different items for one route 10.244.1.0/24: route 10.244.1.0/24 via 10.100.0.21 and route 10.244.1.0/24 blackhole.",
    ],
    [
      "a file's content",
      [file("a\n"), file("b\n")],
      `Two different items for one file /etc/a: file 0644 /etc/a (${generationOf("a\n")}) and file 0644 /etc/a (${generationOf("b\n")}).`,
    ],
  ];
  test.each(cases)("%s", (_, items, message) => {
    expect(() => render(items)).toThrow(new Error(message));
  });
});

describe("what a line can't say", () => {
  const file = { kind: "file", path: "/etc/a", mode: "0644", content: "a\n" } as const;
  const cases: [HostItem, string][] = [
    [{ ...file, content: "a" }, "The content of /etc/a doesn't end with a newline."],
    [{ ...file, content: "" }, "The content of /etc/a doesn't end with a newline."],
    [{ ...file, content: "a\rb\n" }, 'The content of /etc/a has the unprintable character "\\r".'],
    [{ ...file, content: "\0\n" }, 'The content of /etc/a has the unprintable character "\\u0000".'],
    [{ ...file, content: "\ud800\n" }, 'The content of /etc/a has the unprintable character "\\ud800".'],
    [{ ...file, path: "etc/a" }, '"etc/a" is no use as a file\'s absolute path.'],
    [{ ...file, path: "/etc/../a" }, '"/etc/../a" is no use as a file\'s absolute path.'],
    [{ ...file, path: "/etc/a b" }, '"/etc/a b" is no use as a file\'s absolute path.'],
    [{ ...file, mode: "644" }, '"644" is no use as the mode of /etc/a.'],
    [{ ...file, mode: "4755" }, '"4755" is no use as the mode of /etc/a.'],
    [
      { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1\nroute 0.0.0.0/0 blackhole" },
      '"1\\nroute 0.0.0.0/0 blackhole" is no use as the value of net.ipv4.ip_forward.',
    ],
    [{ kind: "sysctl", key: "net..x", value: "1" }, '"net..x" is no use as a sysctl\'s name.'],
    [{ kind: "route", destination: "10.244.1.5/24" }, "10.244.1.5/24 has bits set after the prefix. Did you mean 10.244.1.0/24?"],
    [{ kind: "route", destination: "10.0.0.0/8", via: "fd00::1" }, "The route to 10.0.0.0/8 has a gateway of the other family: fd00::1."],
    [{ kind: "probe", protocol: "tcp", address: "10.0.0.1" }, "A tcp probe needs a port, not undefined."],
    [{ kind: "address", address: "10.244.1.0/32", link: "not an interface" }, '"not an interface" is no use as an interface\'s name.'],
    [{ kind: "fdb", mac: "02:00", destination: "10.0.0.1", link: "x" }, '"02:00" is no use as a hardware address.'],
    [
      { kind: "link", name: "x", mtu: 1450, mac: "02:00:00:00:00:01", type: "vxlan; reboot" },
      '"vxlan; reboot" is no use as the type of the link x.',
    ],
    [{ kind: "require", what: "lan-mtu", address: "10.0.0.1", bytes: 0 }, "The MTU of lan-mtu 10.0.0.1 is no number of bytes: 0."],
    [{ kind: "require", what: "cni-plugin", value: "a b" }, '"a b" is no use as cni-plugin.'],
  ];
  test.each(cases)("%j", (item, message) => {
    expect(() => render([item])).toThrow(new Error(message));
  });
});

describe("the script that applies it", () => {
  const bundle = golden("worker.bundle");
  const script = applyScript(bundle);

  test("shows the bundle first and calls last", () => {
    expect(script.startsWith(`bundle() { cat <<'END OF BUNDLE'\n${bundle}END OF BUNDLE\n}\n`)).toBe(true);
    expect(script.endsWith(`}\nmain apply ${generationOf(bundle)}\n`)).toBe(true);
  });

  test("carries the bundle and the agent unharmed", () => {
    const uncalled = script.slice(0, script.lastIndexOf("main apply"));
    const run = (call: string) => spawnSync("sh", ["-s"], { input: uncalled + call, encoding: "utf8" }).stdout;
    expect(run("bundle\n")).toBe(bundle);
    expect(run("agent\n")).toBe(agent());
  });

  test("does nothing when it arrives cut off", () => {
    // `mktemp` is the first thing that the call does: here it gives the attempt away.
    const run = (input: string) =>
      spawnSync("sh", ["-s"], { input: `mktemp() { echo CALLED >&2; return 1; }\n${input}`, encoding: "utf8" });
    expect(run(script).stderr).toBe("CALLED\n");
    const call = script.lastIndexOf("main apply");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: call }), (length) => {
        const { stderr, stdout } = run(script.slice(0, length));
        expect(stdout).toBe("");
        expect(stderr).not.toContain("CALLED");
      }),
      { examples: [[call], [call - 1], [call - 2]], numRuns: 50 },
    );
  });
});
