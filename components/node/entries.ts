import { Address, Cidr } from "../../core/cidr";
import type { HostItem } from "../../core/host";
import { filePath, gateway, inNamespace, lines, linkName, macAddress, matching, mtuBytes, onLink, probePort, word } from "./lineValues";
import { ovsBridgeLine, ovsPortLine } from "./ovsLines";
import { ruleLine, staticRouteLine } from "./routingLines";

/** One item as text: its line, and the lines of its content. The key says which of its kind it is. */
export interface Entry {
  readonly kind: HostItem["kind"];
  readonly key: string;
  readonly line: string;
  readonly content?: string;
  /** A link's, which has to be there first. */
  readonly parent?: string;
  /** A route's, to sort by. */
  readonly destination?: Cidr;
}

export function toEntry(item: HostItem): Entry {
  const { kind } = item;
  switch (kind) {
    case "require": {
      if (item.what === "lan-mtu") {
        const key = `lan-mtu ${Address.parse(item.address)}`;
        return { kind, key, line: `require ${key} ${mtuBytes(item.bytes, key)}` };
      }
      if (item.what === "kube-proxy") {
        const key = `kube-proxy ${filePath(item.path)} ${word(item.version, item.what)}`;
        return { kind, key, line: `require ${key}` };
      }
      const key = `${item.what} ${word(item.value, item.what)}`;
      return { kind, key, line: `require ${key}` };
    }
    case "kubelet":
      return { kind, key: item.setting, line: `kubelet ${item.setting} ${word(item.value, item.setting)}` };
    case "probe": {
      const key =
        "address" in item ? `${item.protocol} ${Address.parse(item.address)}${probePort(item.protocol, item.port)}` : item.protocol;
      return { kind, key, line: `probe ${key}` };
    }
    case "sysctl": {
      const key = matching(/^[A-Za-z0-9_@:-]+([./][A-Za-z0-9_@:-]+)+$/, item.key, "a sysctl's name");
      const value = matching(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, item.value.replace(/[ \t]+/g, " "), `the value of ${key}`);
      return { kind, key, line: `sysctl ${key} ${value}` };
    }
    case "file": {
      const key = filePath(item.path);
      const mode = matching(/^0[0-7]{3}$/, item.mode, `the mode of ${key}`);
      const where = item.where === undefined ? "" : ` where ${filePath(item.where)}`;
      return { kind, key, line: `file ${mode} ${key}${where}`, content: lines(item.content, key) };
    }
    case "host-name": {
      const key = [
        Address.parse(item.address),
        ...item.names.map((name) => matching(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, name, "a host's name")),
      ].join(" ");
      return { kind, key, line: `host-name ${key}` };
    }
    case "resolver":
      return { kind, key: "resolv.conf", line: "resolver", content: lines(item.content, "the resolver") };
    case "link": {
      const key = linkName(item.name);
      const type = matching(/^[a-z]+( [A-Za-z0-9.:/_-]+)*$/, item.type, `the type of the link ${key}`);
      const words = [
        item.mtu === undefined ? "" : `mtu ${mtuBytes(item.mtu, key)} `,
        item.mac === undefined ? "" : `address ${macAddress(item.mac)} `,
        item.parent === undefined ? "" : `link ${linkName(item.parent)} `,
      ];
      return { kind, key, line: `link ${key} ${words.join("")}type ${type}`, ...(item.parent ? { parent: item.parent } : {}) };
    }
    case "link-peer": {
      const key = `${linkName(item.name)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `link-peer ${key}` };
    }
    case "software-checksums": {
      const key = `${linkName(item.name)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `software-checksums ${key}` };
    }
    case "ovs-bridge":
    case "ovs-port":
      return { kind, key: linkName(item.name), line: kind === "ovs-bridge" ? ovsBridgeLine(item) : ovsPortLine(item) };
    case "port": {
      const key = linkName(item.name);
      return { kind, key, line: `port ${key} master ${linkName(item.bridge)}` };
    }
    case "namespace":
      return { kind, key: item.name, line: `namespace ${linkName(item.name)}` };
    case "namespace-route": {
      const destination = Cidr.parse(item.destination);
      const key = `${destination}${inNamespace(item.namespace)}`;
      return { kind, key, line: `namespace-route ${destination} via ${gateway(item.via, destination)}${inNamespace(item.namespace)}` };
    }
    case "foreign-link": {
      const key = linkName(item.name);
      return { kind, key, line: `foreign-link ${key}` };
    }
    case "cni-network": {
      const key = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, item.name, "a CNI network's name");
      return { kind, key, line: `cni-network ${key} bridge ${linkName(item.bridge)}` };
    }
    case "link-mtu": {
      const key = linkName(item.name);
      return { kind, key, line: `link-mtu ${key} ${mtuBytes(item.bytes, key)}` };
    }
    case "take-over":
      return { kind, key: item.what, line: `take-over ${item.what}` };
    case "address": {
      const key = `${onLink(item.address)} dev ${linkName(item.link)}${inNamespace(item.namespace)}`;
      return { kind, key, line: `address ${key}` };
    }
    case "neighbour": {
      const link = linkName(item.link);
      const address = Address.parse(item.address);
      return { kind, key: `${address} dev ${link}`, line: `neighbour ${address} lladdr ${macAddress(item.mac)} dev ${link}` };
    }
    case "fdb": {
      const mac = macAddress(item.mac);
      const link = linkName(item.link);
      return { kind, key: `${mac} dev ${link}`, line: `fdb ${mac} dst ${Address.parse(item.destination)} dev ${link}` };
    }
    case "route": {
      const destination = Cidr.parse(item.destination);
      const behind = item.link === undefined ? "" : ` dev ${linkName(item.link)} onlink`;
      const how = item.via === undefined ? "blackhole" : `${item.nexthop ? "nexthop" : "via"} ${gateway(item.via, destination)}${behind}`;
      return { kind, key: destination.toString(), line: `route ${destination} ${how}`, destination };
    }
    case "static-route":
    case "rule":
      return { kind, ...(kind === "rule" ? ruleLine(item) : staticRouteLine(item)) };
    case "accept-forwarded": {
      const key = String(Cidr.parse(item.range));
      return { kind, key, line: `accept-forwarded ${key}` };
    }
    case "service": {
      const key = matching(/^[A-Za-z0-9@_.-]+\.(service|socket)$/, item.name, "a service's name");
      return { kind, key, line: `service ${key} ${item.files.map(filePath).join(" ")}` };
    }
    case "nftables":
      return { kind, key: "inet plumbline", line: "nftables inet plumbline", content: lines(item.table, "table inet plumbline") };
    default:
      throw new Error(`Unknown kind of host item: ${JSON.stringify(kind satisfies never)}`);
  }
}
