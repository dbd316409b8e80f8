import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheFolder } from "../../setup/paths";
import { missingNamespaces } from "./judges";

/** What real plugins made of a configuration. */
export interface Attachment {
  /** What cnitool printed for each verb that was reached; the last one failed when there is an `error`. */
  readonly output: Readonly<Record<string, string>>;
  /** What a plugin or libcni said when it refused, with the verb. */
  readonly error?: string;
}

export interface Try {
  readonly text: string;
  /** The file's name; it decides how the runtime reads it. Default: 10-pods.conflist. */
  readonly file?: string;
  /** What the runtime passes in, by capability. */
  readonly capabilities?: object;
}

const atOnce = 3;

/**
 * A host of its own: an uplink eth0 with a default route, a spare card eth1, empty folders where plugins keep their state, and a pod's namespace. Every verb is one that
 * a container runtime calls; CHECK came with 0.4.0.
 */
const host = `set -e
ip link set lo up
for n in 0 1; do ip link add eth$n type veth peer name peer$n; ip link set eth$n up; ip link set peer$n up; done
ip address add 192.0.2.2/24 dev eth0
ip route add default via 192.0.2.1
for d in /run /var/lib/cni; do mkdir -p $d; mount -t tmpfs tmpfs $d; done
mkdir -p /run/netns
ip netns add pod
if [ -n "$BASE" ]; then
  lib=$(dirname "$(find "$BASE/usr/lib" -name libxtables.so.12 | head -n 1)")
  mkdir /run/tools
  for name in iptables ip6tables; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s XTABLES_LIBDIR=%s/xtables exec %s/usr/sbin/xtables-nft-multi %s "$@"\n' "$lib" "$lib" "$BASE" $name > /run/tools/$name
    chmod +x /run/tools/$name
  done
  export PATH=/run/tools:$PATH
fi
ip -n pod link set lo up
for verb in $VERBS; do
  echo; echo "== $verb"
  "$CNI_PATH/cnitool" $verb "$NETWORK" /run/netns/pod 2>&1 || { echo; echo "== failed"; exit 0; }
done`;

/** Attaches a pod to each of the networks and detaches it, with plugins of that folder. */
export async function attachAll(plugins: string, tries: readonly Try[]): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  const queue = [...tries.entries()];
  const worker = async () => {
    for (let task = queue.shift(); task; task = queue.shift()) attachments[task[0]] = await attach(plugins, task[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return attachments;
}

async function attach(plugins: string, { text, file = "10-pods.conflist", capabilities }: Try): Promise<Attachment> {
  const folder = mkdtempSync(path.join(tmpdir(), "cni-"));
  try {
    mkdirSync(path.join(folder, "net.d"));
    writeFileSync(path.join(folder, "net.d", file), text);
    const env = {
      ...process.env,
      BASE: baseSystem() ?? "",
      CNI_PATH: plugins,
      NETCONFPATH: path.join(folder, "net.d"),
      NETWORK: nameIn(text),
      VERBS: versionIn(text) < "0.4.0" ? "add del" : "add check del",
      ...(capabilities ? { CAP_ARGS: JSON.stringify(capabilities) } : {}),
    };
    return read(await output(env));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The lab's base system, for its iptables where this machine has none. */
function baseSystem(): string | undefined {
  if (hasIptables()) return undefined;
  const folder = cacheFolder();
  const entries = existsSync(folder) ? readdirSync(folder).filter((name) => /^debian-[^.]+$/.test(name)) : [];
  return entries.map((name) => path.join(folder, name)).find((base) => existsSync(path.join(base, "usr/sbin/xtables-nft-multi")));
}

const keyIn = (text: string, key: string) => new RegExp(`"${key}"\\s*:\\s*"([^"]*)"`).exec(text)?.[1];
const nameIn = (text: string) => keyIn(text, "name") || "pods";
const versionIn = (text: string) =>
  [keyIn(text, "cniVersion") ?? "", ...(text.match(/(?<="cniVersions"[^\]]*")1\.\d\.\d/g) ?? [])].sort().at(-1) ?? "";

function output(env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("unshare", ["--net", "--mount", "sh", "-c", host], { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data: Buffer) => {
      text += data;
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`The host for the plugins failed: ${text}`))));
  });
}

function read(text: string): Attachment {
  const failed = text.endsWith("== failed\n");
  const parts = text
    .replace(/== failed\n$/, "")
    .split(/^== (\w+)\n/m)
    .slice(1);
  const verbs: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) verbs[parts[index] ?? ""] = parts[index + 1]?.trim() ?? "";
  const last = Object.entries(verbs).at(-1);
  return { output: verbs, ...(failed && last ? { error: `${last[0]}: ${last[1]}` } : {}) };
}

const hasIptables = () => !spawnSync("iptables", ["--version"]).error;

/** Why plugins can't be built and run; undefined when they can. */
export function missingForPlugins(): string | undefined {
  if (spawnSync("go", ["version"]).error) return "Go is not installed";
  return hasIptables() || baseSystem() ? missingNamespaces() : "iptables is not installed, and the lab's base system isn't built";
}
