import { UserError } from "../../core/finding";
import { splitLikeWeave } from "../../core/weaveSplit";
import type { WeaveOptions } from "../calc";
import { count, print, printJson, table } from "../output";
import { orUserError, parseNumber, parseRange } from "./arguments";

/** More peers than a mesh of weave's can have. */
const mostPeers = 10_000;

/** @throws UserError for a range that weave refuses, or without peers. */
export function calcWeave(text: string, named: readonly string[], { peers, equal = false, json }: WeaveOptions): void {
  if ((peers === undefined) === (named.length === 0)) throw new UserError("Give either --peers NUMBER or the peers' names.");
  const range = parseRange(text);
  const names =
    peers === undefined ? named : Array.from({ length: parseNumber(peers, "--peers", 1, mostPeers) }, (_, index) => `peer ${index + 1}`);
  const { shares, without } = orUserError(() => splitLikeWeave(range, names, { equal }));
  const rows = shares.map(({ peer, first, last, size, usable }) => ({
    peer,
    first: String(first),
    last: String(last),
    addresses: Number(size),
    usable: Number(usable),
    percent: Math.round((Number(size) / Number(range.size)) * 1000) / 10,
  }));
  if (json) {
    printJson({ range: String(range), shares: rows, without });
    return;
  }
  print(
    table(
      ["peer", "first", "last", "addresses", "for containers", "of the range"],
      rows.map(({ peer, first, last, addresses, usable, percent }) => [
        peer,
        first,
        last,
        `${addresses}`,
        `${usable}`,
        `${percent.toFixed(1)}%`,
      ]),
    ),
  );
  if (without.length > 0)
    print(`${count(without.length, "peer")} without a share, as there are only ${range.size} addresses: ${without.join(", ")}.`);
}
