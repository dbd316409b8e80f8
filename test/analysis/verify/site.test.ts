import { hostname } from "node:os";
import type { V1Namespace } from "@kubernetes/client-node";
import { probeNamespace } from "../../../analysis/verify/probes";
import { isLeftover } from "../../../analysis/verify/site";

const now = Date.parse("2026-01-01T00:10:00Z");
const namespace = (owner: string, created: string): V1Namespace => ({
  metadata: { ...probeNamespace("plumbline-verify-1", owner).metadata, creationTimestamp: new Date(created) },
});
const alive = () => true;
const dead = () => false;

test.each([
  ["of a run on this machine that goes on", namespace(`${hostname()}/17`, "2026-01-01T00:09:00Z"), alive, false],
  ["of a run on this machine that died", namespace(`${hostname()}/17`, "2026-01-01T00:09:59Z"), dead, true],
  ["of a process number that somebody else has by now", namespace(`${hostname()}/17`, "2025-12-31T00:00:00Z"), alive, true],
  ["of another machine, new", namespace("elsewhere/17", "2026-01-01T00:09:00Z"), dead, false],
  ["of another machine, old", namespace("elsewhere/17", "2025-12-31T00:00:00Z"), dead, true],
  ["not ours", { metadata: { name: "shop", creationTimestamp: new Date(0) } }, dead, false],
])("a namespace %s", (_, found, isAlive, expected) => {
  expect(isLeftover(found, now, isAlive)).toBe(expected);
});
