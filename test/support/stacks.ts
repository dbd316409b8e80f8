import { showFinding } from "../../core/finding";
import { readStackFile } from "../../core/stack/file";
import { type ParsedStack, parseStack, requireStack } from "../../core/stack/parse";
import type { Stack, StackInput } from "../../core/stack/schema";

/** A stack of stacks/. */
export function stackFile(name: string): Stack {
  return requireStack(readStackFile(`stacks/Pulumi.${name}.yaml`), name);
}

/** The smallest stack: everything else has a default. */
export const smallest = {
  nodes: [
    { name: "cp1", roles: ["control-plane", "etcd"], address: "192.168.0.20" },
    { name: "w1", address: "192.168.0.21" },
  ],
  ssh: { privateKeyFile: "id" },
} satisfies StackInput;

/** The smallest stack with some sections instead. @throws StackError when that makes a mistake. */
export function stackWith(sections: Partial<StackInput>): Stack {
  return requireStack(parseStack({ ...smallest, ...sections }));
}

/** The findings as people see them. */
export function showFindings({ findings }: ParsedStack): string {
  return findings.length === 0 ? "no finding" : findings.map((finding) => showFinding(finding)).join("\n");
}
