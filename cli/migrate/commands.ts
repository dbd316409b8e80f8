import type { StackCommands } from "../../components/cni/migration/recipe";

/** Pulumi knows a stack by the name in its file's. */
export function commandsFor(file: string): StackCommands {
  const [, name] = /(?:^|[/\\])Pulumi\.([^/\\]+)\.ya?ml$/.exec(file) ?? [];
  return { apply: name ? `pulumi up --stack ${name}` : "pulumi up", verify: `plumbline verify --stack ${name ?? file}` };
}

/** As YAML on one line. */
export const flow = (keys: object): string =>
  `{${Object.entries(keys)
    .map(([key, value]) => `${key}: ${value === "off" ? '"off"' : value}`)
    .join(", ")}}`;
