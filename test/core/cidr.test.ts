import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { Address, AddressError, addressBits, aggregate, Cidr, compareCidrs } from "../../core/cidr";
import { anyAddress, anyCidr, crowdedCidrs, family } from "../support/arbitraries";

/** Node's own arithmetic: the independent judge of what a network holds. */
function holds(cidrs: readonly Cidr[]): (address: Address) => boolean {
  // A list each: node takes IPv4 addresses for IPv6 ones (::ffff:0:0/96) too.
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const { family: of, base, prefix } of cidrs) lists[of].addSubnet(String(Address.of(of, base)), prefix, `ipv${of}`);
  return ({ family: of, value }) => lists[of].check(String(Address.of(of, value)), `ipv${of}`);
}

describe("an address", () => {
  test("is printed in a form that node reads, and read back as itself", () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(isIP(String(address))).toBe(address.family);
        expect(Address.parse(String(address))).toEqual(address);
      }),
    );
  });

  test("is read exactly where node reads one, apart from zones", () => {
    const octet = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom("00", "01", "0x1", "", "1 ", "-1"));
    const group = fc.oneof(
      fc.integer({ min: 0, max: 0xfffff }).map((value) => value.toString(16)),
      fc.constantFrom("", "", "g", "1.2.3.4"),
    );
    const almost = fc.oneof(
      fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join(".")),
      fc.array(group, { minLength: 2, maxLength: 9 }).map((parts) => parts.join(":")),
      fc.string(),
    );
    fc.assert(
      fc.property(
        almost.filter((text) => !text.includes("%")),
        (text) => {
          const read = () => Address.parse(text).family;
          if (isIP(text) === 0) expect(read).toThrow(AddressError);
          else expect(read()).toBe(isIP(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["10.100.0.300", '"10.100.0.300" is not an IP address. Write for example 10.100.0.20 or fd00::20.'],
    ["010.0.0.1", '"010.0.0.1" is not an IP address. Write for example 10.100.0.20 or fd00::20.'],
    ["10.1", '"10.1" is not an IP address. Write for example 10.100.0.20 or fd00::20.'],
    ["fe80::1%eth0", '"fe80::1%eth0" is not an IP address. Write for example 10.100.0.20 or fd00::20.'],
    ["", '"" is not an IP address. Write for example 10.100.0.20 or fd00::20.'],
  ])("%s is refused", (text, message) => {
    expect(() => Address.parse(text)).toThrow(new Error(message));
  });

  test.each([
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["fd00:0:0:1::", "fd00:0:0:1::"],
    ["::", "::"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
  ])("%s is printed as Kubernetes and iproute2 do: %s", (text, printed) => {
    expect(String(Address.parse(text))).toBe(printed);
  });
});

describe("a network", () => {
  test("is read back from its text", () => {
    fc.assert(fc.property(anyCidr(), (cidr) => expect(Cidr.parse(String(cidr))).toEqual(cidr)));
  });

  test.each([
    ["10.244.0.0", "10.244.0.0 has no prefix length. Did you mean 10.244.0.0/16?"],
    ["10.0.0.1", "10.0.0.1 has no prefix length. Did you mean 10.0.0.1/32?"],
    ["fd00:10:244::", "fd00:10:244:: has no prefix length. Did you mean fd00:10:244::/48?"],
    ["0.0.0.0", "0.0.0.0 has no prefix length. Did you mean 0.0.0.0/0?"],
    ["10.244.0.0/33", "10.244.0.0/33 has no prefix length between 0 and 32 after the slash. Did you mean 10.244.0.0/16?"],
    ["10.244.0.0/016", "10.244.0.0/016 has no prefix length between 0 and 32 after the slash. Did you mean 10.244.0.0/16?"],
    ["10.244.0.0/", "10.244.0.0/ has no prefix length between 0 and 32 after the slash. Did you mean 10.244.0.0/16?"],
    ["10.244.0.0/16/2", "10.244.0.0/16/2 has no prefix length between 0 and 32 after the slash. Did you mean 10.244.0.0/16?"],
    ["fd00::/129", "fd00::/129 has no prefix length between 0 and 128 after the slash. Did you mean fd00::/16?"],
    ["10.244.7.1/16", "10.244.7.1/16 has bits set after the prefix. Did you mean 10.244.0.0/16?"],
    ["pods", '"pods" is not an address range. Write for example 10.244.0.0/16 or fd00:10:244::/56.'],
    ["10.244/16", '"10.244/16" is not an address range. Write for example 10.244.0.0/16 or fd00:10:244::/56.'],
    ["", '"" is not an address range. Write for example 10.244.0.0/16 or fd00:10:244::/56.'],
  ])("%s is refused", (text, message) => {
    expect(() => Cidr.parse(text)).toThrow(new Error(message));
  });

  test("holds what node's BlockList says it holds", () => {
    fc.assert(
      fc.property(anyCidr(), anyAddress, (cidr, address) => {
        for (const one of [address, cidr.at(0), cidr.last]) expect(cidr.contains(one)).toBe(holds([cidr])(one));
      }),
    );
  });

  test("has a first and a last address, and none beyond", () => {
    const cidr = Cidr.parse("10.244.1.0/24");
    expect([cidr.at(0), cidr.at(10), cidr.last].map(String)).toEqual(["10.244.1.0", "10.244.1.10", "10.244.1.255"]);
    expect(() => cidr.at(256)).toThrow(new RangeError("10.244.1.0/24 has no address number 256."));
    expect(() => cidr.at(-1)).toThrow(new RangeError("10.244.1.0/24 has no address number -1."));
    expect(() => cidr.subnet(26, 4n)).toThrow(new RangeError("10.244.1.0/24 has no /26 number 4."));
    expect(() => cidr.subnet(23, 0n)).toThrow(new RangeError("10.244.1.0/24 has no /23 number 0."));
  });

  test("overlaps another exactly where they share an address, whichever is asked", () => {
    fc.assert(
      fc.property(crowdedCidrs, anyCidr(), (cidrs, other) => {
        const all = [...cidrs, other];
        for (const a of all)
          for (const b of all) {
            // Networks are nested or apart, so sharing one means that the first address of one is in the other.
            const shares = a.family === b.family && (holds([a])(b.at(0)) || holds([b])(a.at(0)));
            expect(a.overlaps(b)).toBe(shares);
          }
      }),
      { numRuns: 30 },
    );
  });
});

test("subnets follow each other without overlap or gap, from the first to the last address of the parent", () => {
  const cut = family.chain((of) =>
    fc
      .tuple(anyCidr(fc.constant(of)), fc.integer({ min: 0, max: 6 }))
      .map(([parent, bits]) => ({ parent, prefix: Math.min(parent.prefix + bits, addressBits[of]) })),
  );
  fc.assert(
    fc.property(cut, ({ parent, prefix }) => {
      const subnets = Array.from({ length: Number(parent.count(prefix)) }, (_, index) => parent.subnet(prefix, BigInt(index)));
      let next = parent.base;
      for (const subnet of subnets) {
        expect(subnet.base).toBe(next);
        expect(subnet.prefix).toBe(prefix);
        expect(parent.contains(subnet)).toBe(true);
        next = subnet.last.value + 1n;
      }
      expect(next).toBe(parent.last.value + 1n);
    }),
  );
});

describe("aggregate", () => {
  test("covers exactly the same addresses", () => {
    fc.assert(
      fc.property(crowdedCidrs, anyAddress, (cidrs, random) => {
        const [before, after] = [holds(cidrs), holds(aggregate(cidrs))];
        const near = cidrs.flatMap((cidr) => [
          cidr.at(0),
          cidr.last,
          Address.of(cidr.family, cidr.base - 1n),
          Address.of(cidr.family, cidr.last.value + 1n),
        ]);
        for (const address of [random, ...near]) expect(after(address)).toBe(before(address));
      }),
    );
  });

  test("is sorted and can't be shorter: no two of its networks are nested or halves of one", () => {
    fc.assert(
      fc.property(crowdedCidrs, (cidrs) => {
        const merged = aggregate(cidrs);
        expect([...merged].sort(compareCidrs)).toEqual(merged);
        for (const [index, a] of merged.entries())
          for (const b of merged.slice(index + 1)) {
            expect(a.overlaps(b)).toBe(false);
            const halves = a.family === b.family && a.prefix === b.prefix && Cidr.of(a.family, a.base, a.prefix - 1).contains(b);
            expect(halves).toBe(false);
          }
      }),
    );
  });

  test("doesn't depend on order or repetition", () => {
    fc.assert(fc.property(crowdedCidrs, (cidrs) => expect(aggregate([...cidrs].reverse().concat(cidrs))).toEqual(aggregate(cidrs))));
  });

  test("joins halves up to the whole address space", () => {
    expect(aggregate(["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "::/1", "8000::/1"].map(Cidr.parse)).map(String)).toEqual([
      "0.0.0.0/0",
      "::/0",
    ]);
  });
});
