import path from "node:path";
import colors from "picocolors";
import { planNetwork } from "../components/plan";
import { readStackFile } from "../core/stack/file";
import { requireStack } from "../core/stack/parse";
import { projectRoot } from "./paths";

/** The end of `npm run up`: what there is now, where to look at it, and what to try next. */
export function showSummary(stackName: string, started: number): void {
  const file = path.join(projectRoot, "stacks", `Pulumi.${stackName}.yaml`);
  const { stack, nodes } = planNetwork(requireStack(readStackFile(file), file));
  const worker = nodes.find((node) => node.roles.includes("worker"));
  const width = Math.max(...nodes.map((node) => node.name.length));
  const lines = [
    "",
    colors.bold("Nodes and their pods' addresses"),
    ...nodes.map((node) => `  ${node.name.padEnd(width)}  ${node.address.join(", ")}  pods ${node.podCIDRs.join(", ")}`),
    "",
    ...(stack.ingress.sample
      ? [
          colors.bold("The sample application, through the ingress"),
          `  curl -H 'Host: ${stack.ingress.sample.host}' http://${worker?.address[0]}/hostname`,
          "",
        ]
      : []),
    colors.bold("Try next"),
    `  npm run pulumi -- preview --diff --stack ${stackName}   what a change of stacks/Pulumi.${stackName}.yaml would do`,
    "  npx plumbline plan                             every open port, and why it is open",
    "  npx plumbline lab ssh w1                       look around on a host: sudo nft list table inet plumbline",
    `  npm run pulumi -- destroy --stack ${stackName}          every host back to what it was`,
    "  npx plumbline lab down                         take the lab away",
    "",
    colors.dim(`Done in ${Math.round((Date.now() - started) / 1000)} s.`),
  ];
  console.log(lines.join("\n"));
}
