import { planNetwork } from "../../../components/plan";
import { showFinding } from "../../../core/finding";
import { stackWith } from "../../support/stacks";

const findings = (cni: Parameters<typeof stackWith>[0]["cni"]) =>
  planNetwork(stackWith({ cni })).findings.map((finding) => showFinding(finding));

const archived =
  "cni.provider: Weave Net is archived since June 2024; its last release is 2.8.1 of January 2021, and its known holes stay open.\n" +
  "  Write flannel or vxlan. `plumbline migrate --from weave --to flannel` prints the steps for this stack's nodes.";

test("weave is refused, with the command that says how to leave it", () => {
  expect(findings({ provider: "weave" })).toEqual([archived]);
});

test("nothing is kept beside a network that gives pods their addresses itself", () => {
  expect(findings({ provider: "weave", alongside: "bridge" })).toEqual([
    archived,
    "cni.alongside: weave gives pods their addresses itself: no other network can be there beside it.\n" +
      "  Leave cni.alongside out. Such a change restarts all pods: `plumbline migrate` says how.",
  ]);
});
