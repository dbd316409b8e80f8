import { UserError } from "../../core/finding";
import { chosenLab, labHosts, numberedLab, shapeFromOptions } from "../../lab/topology";

test("the cluster's hosts, their addresses and pod CIDRs", () => {
  expect(labHosts(numberedLab(0), { kind: "cluster" })).toEqual([
    { name: "cp1", address: "10.100.0.20", role: "control-plane", podCIDR: "10.244.0.0/24" },
    { name: "w1", address: "10.100.0.21", role: "worker", podCIDR: "10.244.1.0/24" },
    { name: "w2", address: "10.100.0.22", role: "worker", podCIDR: "10.244.2.0/24" },
    { name: "client", address: "10.100.0.9", role: "client" },
  ]);
});

test("plain hosts are numbered from .31 on, with a client", () => {
  expect(labHosts(numberedLab(0), { kind: "plain", hosts: 2 })).toEqual([
    { name: "h1", address: "10.100.0.31", role: "plain" },
    { name: "h2", address: "10.100.0.32", role: "plain" },
    { name: "client", address: "10.100.0.9", role: "client" },
  ]);
});

test("labs side by side have nothing in common", () => {
  const [first, second] = [chosenLab({}), chosenLab({ PLUMBLINE_LAB: "12" })];
  expect([first.bridge, first.gateway, first.cgroupPrefix]).toEqual(["lab0", "10.100.0.1", "plumbline-lab0-"]);
  expect([second.bridge, second.gateway, second.cgroupPrefix]).toEqual(["lab12", "10.112.0.1", "plumbline-lab12-"]);
  // A prefix that is another's prefix would take the other lab down with its own.
  expect(numberedLab(12).cgroupPrefix.startsWith(numberedLab(1).cgroupPrefix)).toBe(false);
});

test.each(["100", "-1", "one", "1.5"])("PLUMBLINE_LAB=%s is no lab", (value) => {
  expect(() => chosenLab({ PLUMBLINE_LAB: value })).toThrow(
    new UserError(`PLUMBLINE_LAB is "${value}". Give the number of a lab, 0 to 99.`),
  );
});

test("what the options of lab up ask for", () => {
  expect(shapeFromOptions(true)).toEqual({ kind: "cluster" });
  expect(shapeFromOptions(false)).toEqual({ kind: "plain", hosts: 3 });
  expect(shapeFromOptions(false, "224")).toEqual({ kind: "plain", hosts: 224 });
});

test.each(["0", "225", "2.5", "many", ""])("--hosts %p has no room", (hosts) => {
  expect(() => shapeFromOptions(false, hosts)).toThrow(
    new UserError(`--hosts ${hosts}: give a number from 1 to 224, which is what the lab's LAN has room for.`),
  );
});

test("the families of a cluster", () => {
  expect(shapeFromOptions(true, undefined, ["dual-stack"])).toEqual({ kind: "cluster", families: "dual-stack" });
  expect(labHosts(numberedLab(0), { kind: "cluster", families: "ipv6-only" })).toEqual([
    { name: "cp1", address: "fd00:10:100::20", role: "control-plane", podCIDR: "fd00:10:244::/64" },
    { name: "w1", address: "fd00:10:100::21", role: "worker", podCIDR: "fd00:10:244:1::/64" },
    { name: "w2", address: "fd00:10:100::22", role: "worker", podCIDR: "fd00:10:244:2::/64" },
    { name: "client", address: "fd00:10:100::9", role: "client" },
  ]);
  expect(() => shapeFromOptions(true, undefined, ["dual-stack", "ipv6-only"])).toThrow(
    new UserError("--dual-stack and --ipv6-only exclude each other: give one."),
  );
  expect(() => shapeFromOptions(false, undefined, ["ipv6-only"])).toThrow(
    new UserError("--ipv6-only is for the cluster: leave out --no-cluster."),
  );
});

test("--hosts doesn't go with a cluster", () => {
  expect(() => shapeFromOptions(true, "5")).toThrow(
    new UserError("--hosts is for plain hosts: add --no-cluster. The cluster always has cp1, w1 and w2."),
  );
});
