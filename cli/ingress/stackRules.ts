import type { NamedManifests } from "../../components/ingress/lint/objects";
import type { Target } from "../../components/ingress/migrate/migrate";
import { rulesToMigrate } from "../../components/ingress/rules";
import { fileOf, ruleAt } from "../../components/ingress/rulesLint";
import { ruleController } from "../../core/stack/check/ingress";
import type { Stack } from "../../core/stack/schema";

/** The rules of a stack as the migration reads Ingresses, without those that are there already. */
export function stackManifests(stack: Stack, target: Target): NamedManifests[] {
  const { rules } = stack.ingress;
  return rulesToMigrate(stack).flatMap((objects, index) => {
    const rule = rules[index];
    return rule && ruleController(stack, rule)?.name === target ? [] : objects.map((object) => fileOf(object, ruleAt(index)));
  });
}
