import fc from "fast-check";
import { Cidr } from "../../core/cidr";
import { splitLikeWeave, weaveDefault } from "../../core/weaveSplit";

const range = Cidr.parse(weaveDefault);
const peersOf = (count: number) => Array.from({ length: count }, (_, index) => `peer ${index + 1}`);
const shown = (peers: readonly string[], options = {}, of = range) =>
  splitLikeWeave(of, peers, options).shares.map(({ peer, first, last, size }) => `${peer} ${first}-${last} ${size}`);

describe("weave's division of 10.32.0.0/12", () => {
  test("gives one peer everything", () => {
    expect(shown(peersOf(1))).toEqual(["peer 1 10.32.0.0-10.47.255.255 1048576"]);
  });

  test("halves it for two", () => {
    expect(shown(peersOf(2))).toEqual(["peer 1 10.32.0.0-10.39.255.255 524288", "peer 2 10.40.0.0-10.47.255.255 524288"]);
  });

  test("gives the first of three a half, the others a quarter", () => {
    expect(shown(peersOf(3))).toEqual([
      "peer 1 10.32.0.0-10.39.255.255 524288",
      "peer 2 10.40.0.0-10.43.255.255 262144",
      "peer 3 10.44.0.0-10.47.255.255 262144",
    ]);
  });

  test("gives five peers two quarters, a quarter and two eighths: the list's larger half is the second", () => {
    expect(shown(peersOf(5))).toEqual([
      "peer 1 10.32.0.0-10.35.255.255 262144",
      "peer 2 10.36.0.0-10.39.255.255 262144",
      "peer 3 10.40.0.0-10.43.255.255 262144",
      "peer 4 10.44.0.0-10.45.255.255 131072",
      "peer 5 10.46.0.0-10.47.255.255 131072",
    ]);
  });

  // 349526, 349525 and 349525 addresses: the example of `weave status ipam` in weave's documentation.
  test("was equal in its first releases", () => {
    expect(shown(["::1", "::2", "::3"], { equal: true })).toEqual([
      "::1 10.32.0.0-10.37.85.85 349526",
      "::2 10.37.85.86-10.42.170.170 349525",
      "::3 10.42.170.171-10.47.255.255 349525",
    ]);
  });

  test("goes by the peers' numbers, whatever their order and repetitions", () => {
    expect(shown(["7a:00:00:00:00:01", "::ff", "00:00:00:00:00:02", "::ff"])).toEqual([
      "00:00:00:00:00:02 10.32.0.0-10.39.255.255 524288",
      "::ff 10.40.0.0-10.43.255.255 262144",
      "7a:00:00:00:00:01 10.44.0.0-10.47.255.255 262144",
    ]);
    expect(shown(["peer 10", "peer 9"])[0]).toMatch(/^peer 9 /);
  });

  test("leaves peers without a share when there are fewer addresses than peers", () => {
    const { shares, without } = splitLikeWeave(Cidr.parse("10.0.0.0/30"), peersOf(6));
    expect(shares.map(({ peer }) => peer)).toEqual(["peer 1", "peer 2", "peer 4", "peer 5"]);
    expect(without).toEqual(["peer 3", "peer 6"]);
  });

  test.each([
    ["10.0.0.0/31", "10.0.0.0/31 has fewer than the 4 addresses that weave wants. Write a /30 or larger."],
    ["fd00::/64", "fd00::/64 is IPv6, which weave doesn't allocate. Write an IPv4 range, for example 10.32.0.0/12."],
  ])("refuses %s", (text, message) => {
    expect(() => splitLikeWeave(Cidr.parse(text), ["a"])).toThrow(message);
  });

  test("has no overlap and no gap, and each share is a CIDR unless they are equal", () => {
    const ranges = fc.integer({ min: 12, max: 30 }).map((prefix) => Cidr.parse(`10.32.0.0/${prefix}`));
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 40 }), fc.boolean(), (of, count, equal) => {
        const { shares } = splitLikeWeave(of, peersOf(count), { equal });
        let next = of.base;
        for (const { first, last, size } of shares) {
          expect(first.value).toBe(next);
          expect(last.value - first.value + 1n).toBe(size);
          if (!equal) expect(first.value % size).toBe(0n);
          next = last.value + 1n;
        }
        expect(next).toBe(of.base + of.size);
        expect(shares.reduce((sum, { usable }) => sum + usable, 0n)).toBe(of.size - 2n);
      }),
    );
  });
});
