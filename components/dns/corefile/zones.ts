import { isIP } from "node:net";
import type { Word } from "./expand";
import { isDomainName } from "./plugins/values";

/** The address of a server block, taken apart. */
export interface Key {
  readonly transport: Transport;
  /** Lower case, with the dot at the end; a range that is no whole number of octets gives several. */
  readonly zones: readonly string[];
  readonly port: string;
}

export const transports = { dns: "53", tls: "853", quic: "853", grpc: "443", https3: "443", https: "443", unix: "" } as const;
export type Transport = keyof typeof transports;

/** The part before `://`, where CoreDNS knows it. */
export function splitTransport(text: string): { transport: Transport; rest: string } {
  for (const transport of Object.keys(transports) as Transport[]) {
    if (text.startsWith(`${transport}://`)) return { transport, rest: text.slice(transport.length + 3) };
  }
  return { transport: "dns", rest: text };
}

/** Reads `tls://example.org:853`, `10.0.0.0/8`, `.:53` (plugin/normalize.go, SplitHostPort); a text is why CoreDNS refuses it. */
export function parseKey(text: string): Key | string {
  const { transport, rest } = splitTransport(text);
  const colon = rest.lastIndexOf(":");
  if (colon === rest.length - 1) return rest === "" ? "the zone is missing" : "the port is missing behind the colon";
  const tail = rest.slice(colon + 1);
  const hasPort = colon >= 0 && /^[-+]?\d+$/.test(tail);
  const port = hasPort ? String(Number(tail)) : transports[transport];
  const host = hasPort ? rest.slice(0, colon) : rest;
  if (Buffer.byteLength(host) > 255) return "the zone is longer than 255 characters";
  if (!isDomainName(host)) return host === "" ? "the zone is missing before the colon" : `${host} is no domain name`;
  if (hasPort && (Number(tail) < 0 || Number(tail) > 65535)) return `there is no port ${tail}`;
  if (/^0.*:.*\/\d+$/.test(host)) return "CoreDNS takes no IPv6 range that begins with 0";
  return { transport, zones: reverseZones(host) ?? [normal(host)], port };
}

const normal = (name: string) => `${name.replace(/\.$/, "")}.`.toLowerCase();

/** The reverse zones of a range in CIDR notation: 10.0.0.0/15 is 0.10.in-addr.arpa. and 1.10.in-addr.arpa.; undefined for anything else. */
function reverseZones(text: string): string[] | undefined {
  const [, host = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = host.includes("%") ? 0 : isIP(host);
  if (family === 0) return undefined;
  const [bits, step] = family === 4 ? [32, 8] : [128, 4];
  const length = Number(prefix);
  if (length > bits) return undefined;
  const digits = family === 4 ? host.split(".").map(Number) : nibbles(host);
  const whole = Math.ceil(length / step);
  const spare = whole * step - length;
  const suffix = family === 4 ? "in-addr.arpa." : "ip6.arpa.";
  if (whole === 0) return [suffix];
  const last = (digits[whole - 1] ?? 0) & ~(2 ** spare - 1);
  return Array.from({ length: 2 ** spare }, (_, index) => {
    const parts = [...digits.slice(0, whole - 1), last + index].map((digit) => digit.toString(family === 4 ? 10 : 16));
    return `${parts.reverse().join(".")}.${suffix}`;
  });
}

function nibbles(address: string): number[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").flatMap((group) => (group.includes(".") ? dotted(group) : [group])));
  const before = groups(head);
  const after = groups(tail ?? "");
  const fill = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...(tail === undefined ? [] : fill), ...after].flatMap((group) =>
    [...group.padStart(4, "0")].map((digit) => Number.parseInt(digit, 16)),
  );
}

function dotted(text: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}

/** The zones a plugin serves: those named behind it, else those of the server block. What is no zone is left out, as CoreDNS does. */
export function zonesOf(args: readonly Word[], keys: readonly Word[]): string[] {
  const zones = (args.length > 0 ? args : keys).map(({ text }) => parseKey(text));
  return zones.flatMap((key) => (typeof key === "string" ? [] : key.zones));
}

/** As CoreDNS sees it: in-addr.arpa itself counts as a zone of names (pkg/dnsutil, IsReverse). */
export const isReverse = (zone: string) => /\.(?:in-addr|ip6)\.arpa\.$/.test(zone);

/** Whether a name is a zone or in it; both with the dot at the end. */
export const isIn = (name: string, zone: string) => zone === "." || name === zone || name.endsWith(`.${zone}`);
