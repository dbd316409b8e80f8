import ipaddr from "ipaddr.js";

export type Family = 4 | 6;

/** Bits in an address of the family. */
export const addressBits = { 4: 32, 6: 128 } as const;

/** A text that is not an address or a range: what is wrong with it, and how to write it. The message is both. */
export class AddressError extends Error {
  constructor(
    readonly problem: string,
    readonly mend: string,
  ) {
    super(`${problem} ${mend}`);
  }
}

/** IPv4 only as four decimal parts: ipaddr.js also reads octal and short forms, which Kubernetes refuses. No zones (`%eth0`). */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text));
}

function parseBytes(text: string): { family: Family; value: bigint } {
  if (!isAddress(text)) {
    throw new AddressError(`${JSON.stringify(text)} is not an IP address.`, "Write for example 10.100.0.20 or fd00::20.");
  }
  const parsed = ipaddr.parse(text);
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: parsed.kind() === "ipv4" ? 4 : 6, value };
}

function format(family: Family, value: bigint): string {
  const length = addressBits[family] / 8;
  const bytes = Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn));
  if (family === 4) return bytes.join(".");
  // RFC 5952 form, as Kubernetes and iproute2 print it.
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** The prefix length that an address without one suggests: its zero bytes (IPv4) or groups (IPv6) at the end are left out. */
function likelyPrefix(family: Family, value: bigint): number {
  const step = family === 4 ? 8 : 16;
  let prefix: number = addressBits[family];
  while (prefix > 0 && value % (1n << BigInt(addressBits[family] - prefix + step)) === 0n) prefix -= step;
  return prefix;
}

/** One IPv4 or IPv6 address. */
export class Address {
  private constructor(
    readonly family: Family,
    readonly value: bigint,
  ) {}

  /** @throws AddressError for anything but a plain address. */
  static parse(text: string): Address {
    const { family, value } = parseBytes(text);
    return new Address(family, value);
  }

  static of(family: Family, value: bigint): Address {
    return new Address(family, value);
  }

  toString(): string {
    return format(this.family, this.value);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A network in CIDR notation whose host bits are zero: `10.244.0.0/16`, `fd00::/48`. */
export class Cidr {
  private constructor(
    readonly family: Family,
    /** The first address, as a number. */
    readonly base: bigint,
    /** The prefix length in bits. */
    readonly prefix: number,
  ) {}

  /** @throws AddressError, with the mend, for anything but a CIDR without host bits. */
  static parse(text: string): Cidr {
    const [address = "", prefixText, ...rest] = text.split("/");
    if (!isAddress(address)) {
      throw new AddressError(`${JSON.stringify(text)} is not an address range.`, "Write for example 10.244.0.0/16 or fd00:10:244::/56.");
    }
    const { family, value } = parseBytes(address);
    const prefix = /^(0|[1-9]\d{0,2})$/.test(prefixText ?? "") ? Number(prefixText) : Number.NaN;
    if (rest.length > 0 || !(prefix <= addressBits[family])) {
      const wrong = prefixText === undefined ? "no prefix length" : `no prefix length between 0 and ${addressBits[family]} after the slash`;
      throw new AddressError(`${text} has ${wrong}.`, `Did you mean ${Cidr.of(family, value, likelyPrefix(family, value))}?`);
    }
    const cidr = Cidr.of(family, value, prefix);
    if (cidr.base !== value) throw new AddressError(`${text} has bits set after the prefix.`, `Did you mean ${cidr}?`);
    return cidr;
  }

  /** The network of the given length that holds the address. */
  static of(family: Family, value: bigint, prefix: number): Cidr {
    const shift = BigInt(addressBits[family] - prefix);
    return new Cidr(family, (value >> shift) << shift, prefix);
  }

  /** The network of one address: /32 or /128. */
  static host(address: Address): Cidr {
    return Cidr.of(address.family, address.value, addressBits[address.family]);
  }

  /** How many addresses it holds. */
  get size(): bigint {
    return 1n << BigInt(addressBits[this.family] - this.prefix);
  }

  get last(): Address {
    return Address.of(this.family, this.base + this.size - 1n);
  }

  /** The address at an offset from the first. @throws RangeError outside of the network. */
  at(offset: number | bigint): Address {
    const index = BigInt(offset);
    if (index < 0n || index >= this.size) throw new RangeError(`${this} has no address number ${index}.`);
    return Address.of(this.family, this.base + index);
  }

  contains(other: Cidr | Address): boolean {
    const inner = other instanceof Address ? Cidr.host(other) : other;
    return inner.family === this.family && inner.prefix >= this.prefix && inner.base >= this.base && inner.base < this.base + this.size;
  }

  overlaps(other: Cidr): boolean {
    return this.contains(other) || other.contains(this);
  }

  equals(other: Cidr): boolean {
    return this.family === other.family && this.base === other.base && this.prefix === other.prefix;
  }

  /** How many networks of the given length fit in. */
  count(prefix: number): bigint {
    return prefix < this.prefix ? 0n : 1n << BigInt(prefix - this.prefix);
  }

  /** The network of the given length at an index. @throws RangeError outside. */
  subnet(prefix: number, index: bigint): Cidr {
    if (index < 0n || index >= this.count(prefix)) throw new RangeError(`${this} has no /${prefix} number ${index}.`);
    return Cidr.of(this.family, this.base + (index << BigInt(addressBits[this.family] - prefix)), prefix);
  }

  toString(): string {
    return `${format(this.family, this.base)}/${this.prefix}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The fewest networks that hold exactly the addresses from the first to the last, in order; none when the last comes before the first. */
export function cidrsBetween(first: Address, last: Address): Cidr[] {
  const cidrs: Cidr[] = [];
  let next = first.value;
  while (first.family === last.family && next <= last.value) {
    let prefix: number = addressBits[first.family];
    // Widen as long as the network starts here and ends in time.
    for (; prefix > 0; prefix--) {
      const wider = Cidr.of(first.family, next, prefix - 1);
      if (wider.base !== next || wider.last.value > last.value) break;
    }
    const cidr = Cidr.of(first.family, next, prefix);
    cidrs.push(cidr);
    next = cidr.last.value + 1n;
  }
  return cidrs;
}

/** By family, then first address, then length. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  return a.family - b.family || (a.base < b.base ? -1 : a.base > b.base ? 1 : a.prefix - b.prefix);
}

/** The shortest sorted list of networks that covers exactly the same addresses: keeps firewall sets small in large clusters. */
export function aggregate(cidrs: readonly Cidr[]): Cidr[] {
  const merged: Cidr[] = [];
  for (const cidr of [...cidrs].sort(compareCidrs)) {
    const top = merged.at(-1);
    if (top?.contains(cidr)) continue;
    merged.push(cidr);
    for (;;) {
      const right = merged.at(-1);
      const left = merged.at(-2);
      if (!left || !right || left.family !== right.family || left.prefix !== right.prefix || left.prefix === 0) break;
      const parent = Cidr.of(left.family, left.base, left.prefix - 1);
      if (!parent.contains(right)) break;
      merged.splice(-2, 2, parent);
    }
  }
  return merged;
}
