import fc from "fast-check";
import { Address, addressBits, Cidr, type Family } from "../../core/cidr";

export const family = fc.constantFrom<Family>(4, 6);

const numberOf = (of: Family) => fc.bigInt({ min: 0n, max: (1n << BigInt(addressBits[of])) - 1n });

export const anyAddress = family.chain((of) => numberOf(of).map((value) => Address.of(of, value)));

export const anyCidr = (of: fc.Arbitrary<Family> = family, minPrefix = 0): fc.Arbitrary<Cidr> =>
  of.chain((chosen) =>
    fc
      .tuple(numberOf(chosen), fc.integer({ min: minPrefix, max: addressBits[chosen] }))
      .map(([value, prefix]) => Cidr.of(chosen, value, prefix)),
  );

/** Networks that are often nested or side by side: they share their first bits. */
export const crowdedCidrs: fc.Arbitrary<Cidr[]> = fc.array(
  fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 24, max: 32 }))
      .map(([low, prefix]) => Cidr.of(4, (10n << 24n) | BigInt(low), prefix)),
    fc
      .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 120, max: 128 }))
      .map(([low, prefix]) => Cidr.of(6, (0xfdn << 120n) | BigInt(low), prefix)),
  ),
  { maxLength: 40 },
);
