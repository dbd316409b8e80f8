import path from "node:path";
import { versions } from "../core/versions";
import { goBuildAll } from "../setup/goBuild";
import { projectRoot } from "../setup/paths";
import type { Progress } from "../setup/progress";

/** The release that Plumbline's definitions of CNI configurations are read from. */
export const cniPluginsVersion = versions.plugins.version;

const source = path.join(projectRoot, "lab", "artefacts", "cni");
const plugins = "github.com/containernetworking/plugins/plugins";
const packages = {
  main: ["bridge", "dummy", "host-device", "ipvlan", "loopback", "macvlan", "ptp", "tap", "vlan"],
  ipam: ["dhcp", "host-local", "static"],
  meta: ["bandwidth", "firewall", "portmap", "sbr", "tuning", "vrf"],
};

/** The folder with the CNI project's reference plugins for Linux and cnitool, which calls them as a container runtime does. */
export const buildCniPlugins = (progress: Progress): Promise<string> =>
  goBuildAll(
    {
      name: "cni-plugins",
      version: cniPluginsVersion,
      module: source,
      packages: [
        "github.com/containernetworking/cni/cnitool",
        ...Object.entries(packages).flatMap(([group, names]) => names.map((name) => `${plugins}/${group}/${name}`)),
      ],
      ldflags: "-s -w",
      cgo: false,
      expect: "about 30 seconds",
    },
    progress,
  );
