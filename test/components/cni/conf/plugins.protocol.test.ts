import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildCniPlugins } from "../../../../lab/cniPlugins";
import { showProgress } from "../../../../setup/progress";
import { accepted, refused } from "./cases";

/** The real plugins judge: cnitool calls them as a runtime does, in network namespaces of the test's own. */
const hasRoot = process.platform === "linux" && process.getuid?.() === 0;
const folder = mkdtempSync(path.join(tmpdir(), "plumbline-cni-"));
let plugins: string;

beforeAll(async () => {
  if (hasRoot) plugins = await buildCniPlugins(showProgress({ write: () => undefined }));
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * ADD, CHECK and DEL in a pod's namespace below a host's, both of which end with the script.
 * Gives the verbs that went well, and what was said.
 */
function attach(conf: object): { done: string; said: string } {
  const dir = mkdtempSync(path.join(folder, "net-"));
  mkdirSync(path.join(dir, "conf"));
  // The plugins' own notes of addresses go to the test's folder.
  const text = JSON.stringify(conf).replaceAll('"type":"host-local"', `"type":"host-local","dataDir":"${path.join(dir, "leases")}"`);
  writeFileSync(path.join(dir, "conf", "10-test.conflist"), text);
  const script = `
    ip link set lo up
    mount -t tmpfs none /run
    unshare --net sleep 60 &
    pod=$!
    while [ "$(readlink /proc/$pod/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
    for verb in add check del; do "$1/cnitool" $verb "$2" /proc/$pod/ns/net >/dev/null && printf '%s ' $verb; done
    kill $pod`;
  const name = String((conf as { name?: string }).name ?? "");
  const { stdout, stderr } = spawnSync("unshare", ["--net", "--mount", "sh", "-c", script, "sh", plugins, name], {
    encoding: "utf8",
    env: { ...process.env, CNI_PATH: plugins, NETCONFPATH: path.join(dir, "conf") },
  });
  return { done: stdout.trim(), said: stderr };
}

(hasRoot ? describe : describe.skip)("containernetworking/plugins v1.9.1", () => {
  test.each(accepted)("add, check and delete: %s", (_, conf) => {
    expect(attach(conf)).toMatchObject({ done: "add check del" });
  });

  test.each(refused)("refuse: %s", (_, conf) => {
    expect(attach(conf).done.split(" ")).not.toContain("add");
  });
});
