import { Address, AddressError, Cidr } from "../../../core/cidr";

/*
 * Addresses as kube-proxy still reads them (ParseIPSloppy and ParseCIDRSloppy of k8s.io/utils/net): with leading zeros in IPv4 numbers, and ranges
 * with bits set after the prefix.
 */

const withoutZeros = (text: string) => (text.includes(":") ? text : text.replace(/\b0+(?=\d)/g, ""));

function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

export const readAddress = (text: string): Address | undefined => orUndefined(() => Address.parse(withoutZeros(text)));

export interface SloppyCidr {
  readonly cidr: Cidr;
  /** The address before the slash is the range's first. */
  readonly isNetwork: boolean;
}

export function readCidr(text: string): SloppyCidr | undefined {
  const [, host = "", bits = ""] = /^([^/]+)\/(\d{1,5})$/.exec(text) ?? [];
  const address = readAddress(host);
  const prefix = Number(bits);
  if (!address || bits === "" || prefix > (address.family === 4 ? 32 : 128)) return undefined;
  const cidr = Cidr.of(address.family, address.value, prefix);
  return { cidr, isNetwork: cidr.base === address.value };
}

export interface HostPort {
  readonly host: Address;
  readonly port: number;
}

/** `10.0.0.1:80`, `[::]:80`, or an address alone, which gets the port. What is wrong with it else. */
export function readHostPort(text: string, defaultPort: number): HostPort | string {
  const alone = readAddress(text);
  if (alone) return { host: alone, port: defaultPort };
  const [, bracketed, plain, portText = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(.*)$/.exec(text) ?? [];
  const hostText = bracketed ?? plain;
  if (hostText === undefined) return "is no address with a port";
  const host = readAddress(hostText);
  if (!host) return hostText === "" ? "has no address before the port" : `has ${JSON.stringify(hostText)} for an address`;
  const port = /^[+-]?\d+$/.test(portText) ? Number(portText) : Number.NaN;
  return port >= 1 && port <= 65535 ? { host, port } : `has ${JSON.stringify(portText)} for a port`;
}
