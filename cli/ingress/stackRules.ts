import type { NamedManifests } from "../../components/ingress/lint/objects";
import { rulesToMigrate } from "../../components/ingress/rules";
import { fileOf, ruleAt } from "../../components/ingress/rulesLint";
import { openStack } from "../readStack";

/** The rules of a stack, as the migration reads Ingresses. @throws StackError with every mistake of the stack. */
export function stackManifests(nameOrFile: string): NamedManifests[] {
  const { stack } = openStack(nameOrFile).plan;
  return rulesToMigrate(stack).flatMap(({ objects }, index) => objects.map((object) => fileOf(object, ruleAt(index))));
}
