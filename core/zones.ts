import { addressBits, Cidr } from "./cidr";

/** Whether a name is a zone or in it; both in lower case, without the dot at the end; every name is in `.`. */
export const isInZone = (name: string, zone: string) => zone === "." || name === zone || name.endsWith(`.${zone}`);

const families = [
  { family: 4, suffix: "in-addr.arpa", step: 8, radix: 10 },
  { family: 6, suffix: "ip6.arpa", step: 4, radix: 16 },
] as const;

/** The smallest zone that has the reverse names of a whole range: 244.10.in-addr.arpa for 10.244.0.0/16, and for 10.244.0.0/20. */
export function reverseZone({ family, base, prefix }: Cidr): string {
  const { suffix, step, radix } = family === 4 ? families[0] : families[1];
  const digits = Array.from({ length: Math.floor(prefix / step) }, (_, index) => {
    const shift = BigInt(addressBits[family] - step * (index + 1));
    return ((base >> shift) & ((1n << BigInt(step)) - 1n)).toString(radix);
  });
  return [...digits.reverse(), suffix].join(".");
}

/** The addresses whose names are in a reverse zone: 10.8.0.0/16 for 8.10.in-addr.arpa; undefined for any other zone. */
export function reverseRange(zone: string): Cidr | undefined {
  for (const { family, suffix, step, radix } of families) {
    if (!isInZone(zone, suffix)) continue;
    const labels = zone === suffix ? [] : zone.slice(0, -suffix.length - 1).split(".");
    const digits = labels.reverse().map((label) => (/^[\da-f]+$/.test(label) ? Number.parseInt(label, radix) : Number.NaN));
    const size = 2 ** step;
    if (digits.length * step > addressBits[family] || digits.some((digit) => !(digit < size))) return undefined;
    const value = digits.reduce((sum, digit) => sum * BigInt(size) + BigInt(digit), 0n);
    const prefix = digits.length * step;
    return Cidr.of(family, value << BigInt(addressBits[family] - prefix), prefix);
  }
  return undefined;
}
