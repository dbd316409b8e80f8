import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { versions } from "../core/versions";
import { type Log, run } from "../setup/run";
import { flannelVersion } from "./flannel";
import { metallbVersion } from "./metallb";
import type { Image } from "./oci";
import { kubernetesVersion, type Programs, traefikVersion } from "./programs";

/** The registry part of all the lab's image names. There is no such registry: the images are in each node's containerd already. */
export const imageRepository = "lab.local";

const named = (name: string, tag: string) => `${imageRepository}/${name}:${tag}`;

/** The sandbox of every pod. */
export const pauseImage = named("pause", "3.10.1");
/** For tests: netexec, connect and pause at /agnhost as in the public image of that name, and busybox's shell and tools. */
export const agnhostImage = named("agnhost", kubernetesVersion);
export const traefikImage = named("traefik", `v${traefikVersion}`);

/** Under their public names, so that a stack, or their makers' own manifests, needn't say where the lab keeps them. */
const flannelImage = `ghcr.io/flannel-io/flannel:${flannelVersion}`;
const flannelCniPluginImage = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3";
const metallbImage = (program: string) => `quay.io/metallb/${program}:${metallbVersion}`;
const kubeVipImages = {
  "kube-vip": `ghcr.io/kube-vip/kube-vip:${versions["kube-vip"].version}`,
  "kube-vip-cloud-provider": `ghcr.io/kube-vip/kube-vip-cloud-provider:${versions["kube-vip-cloud-provider"].version}`,
};

/** Every image of the lab. The layers are put together in `folder`. */
export async function labImages(programs: Programs, base: string, folder: string, log: Log): Promise<Image[]> {
  const layer = (name: string) => path.join(folder, name);
  writeCommonFiles(layer("common"));
  installProgram(programs.kubernetes, layer("kubernetes"), "usr/local/bin/kubernetes");
  for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "etcd", "agnhost"]) {
    symlinkSync("kubernetes", path.join(layer("kubernetes"), "usr/local/bin", name));
  }
  symlinkSync("usr/local/bin/kubernetes", path.join(layer("kubernetes"), "agnhost"));
  for (const name of ["coredns", "pause", "traefik"] as const) installProgram(programs[name], layer(name), name);
  installProgram(programs.flannel, layer("flannel"), "opt/bin/flanneld");
  installProgram(programs.flannelCniPlugin, layer("flannel-cni-plugin"), "flannel");
  for (const name of ["controller", "speaker"]) installProgram(path.join(programs.metallb, name), layer(name), name);
  for (const name of Object.keys(kubeVipImages)) installProgram(path.join(programs.kubeVip, name), layer(name), name);
  await copyNetfilterTools(base, layer("netfilter"), log);
  await installBusybox(base, layer("busybox"));
  const kubernetes = [layer("common"), layer("kubernetes")];
  return [
    // The names and tags that kubeadm of this version asks for.
    {
      names: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
        .map((name) => named(name, kubernetesVersion))
        .concat(named("etcd", "3.6.5-0")),
      layers: kubernetes,
      entrypoint: [],
    },
    { names: [named("kube-proxy", kubernetesVersion)], layers: [...kubernetes, layer("netfilter")], entrypoint: [] },
    { names: [named("coredns", "v1.12.1")], layers: [layer("common"), layer("coredns")], entrypoint: ["/coredns"] },
    { names: [pauseImage], layers: [layer("pause")], entrypoint: ["/pause"] },
    { names: [agnhostImage], layers: [...kubernetes, layer("busybox")], entrypoint: ["/agnhost"] },
    // What flannel's own manifest installs is copied with the tools of these two.
    {
      names: [flannelImage],
      layers: [layer("common"), layer("busybox"), layer("netfilter"), layer("flannel")],
      entrypoint: ["/opt/bin/flanneld"],
    },
    { names: [flannelCniPluginImage], layers: [layer("common"), layer("busybox"), layer("flannel-cni-plugin")], entrypoint: [] },
    ...["controller", "speaker"].map((name) => ({
      names: [metallbImage(name)],
      layers: [layer("common"), layer(name)],
      entrypoint: [`/${name}`],
    })),
    ...Object.entries(kubeVipImages).map(([name, image]) => ({
      names: [image],
      layers: [layer("common"), layer(name)],
      entrypoint: [`/${name}`],
    })),
    { names: [traefikImage], layers: [layer("common"), layer("traefik")], entrypoint: ["/traefik"] },
  ];
}

function writeCommonFiles(layer: string): void {
  mkdirSync(path.join(layer, "etc"), { recursive: true });
  mkdirSync(path.join(layer, "tmp"));
  chmodSync(path.join(layer, "tmp"), 0o1777);
  writeFileSync(path.join(layer, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
  writeFileSync(path.join(layer, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
  writeFileSync(path.join(layer, "etc/nsswitch.conf"), "hosts: files dns\n");
}

function installProgram(program: string, layer: string, at: string): void {
  const target = path.join(layer, at);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(program, target);
  chmodSync(target, 0o755);
}

/**
 * kube-proxy calls these: the programs, what they are linked with, and the extensions that iptables loads. Without the names of protocols nft lists a map's
 * keys by number: a kube-proxy that starts on the rules of one before doesn't know them for its own, and takes them out (v1.34, nftElementStorage).
 */
async function copyNetfilterTools(base: string, layer: string, log: Log): Promise<void> {
  const script = `
    tools=$(ls /usr/sbin/iptables* /usr/sbin/ip6tables* /usr/sbin/xtables-*-multi /usr/sbin/nft /usr/sbin/ipset /usr/sbin/conntrack)
    alternatives=$(ls -d /etc/alternatives/iptables* /etc/alternatives/ip6tables*)
    extensions=$(dirname "$(find /usr/lib -name libxt_standard.so)")
    libraries=$(ldd $tools "$extensions"/*.so | grep -o '/lib[^ ]* (' | tr -d ' (' | sort -u)
    tar --create --dereference --file=- $libraries $extensions
    tar --create --file=- $tools $alternatives /etc/protocols`;
  const archive = path.join(layer, "tools.tar");
  mkdirSync(layer, { recursive: true });
  await run("sh", ["-c", 'chroot "$1" sh -euc "$2" > "$3"', "sh", base, script, archive], { log });
  await run("tar", ["--extract", "--ignore-zeros", "--file", archive, "--directory", layer]);
  await run("rm", [archive]);
}

/** Debian's static busybox with a link for each of its tools, as `busybox --install` makes them. */
async function installBusybox(base: string, layer: string): Promise<void> {
  installProgram(path.join(base, "bin/busybox"), layer, "bin/busybox");
  const tools = (await run(path.join(layer, "bin/busybox"), ["--list"])).split("\n").filter((tool) => tool && tool !== "busybox");
  for (const tool of tools) symlinkSync("busybox", path.join(layer, "bin", tool));
}
