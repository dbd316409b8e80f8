import { type Command, Option } from "commander";

export interface IngressOptions {
  readonly controller?: "traefik" | "haproxy" | "nginx" | "f5-nginx" | "ingress-nginx" | "gce";
  readonly json?: boolean;
}

const served = ["traefik", "haproxy", "nginx", "f5-nginx", "ingress-nginx", "gce"];

/** `plumbline ingress`: what there is to say about manifests of Ingresses. */
export function register(program: Command): void {
  const ingress = program.command("ingress").description("lint, convert and migrate manifests of Ingresses; needs no cluster and no stack");
  ingress
    .command("lint")
    .description("judge Ingresses, and the classes, Services and Secrets with them; all files are judged together")
    .argument("<file...>", "YAML or JSON files, folders of them, or - for standard input")
    .addOption(
      new Option("-c, --controller <name>", "the controller that serves them; nginx: the one that each is written for").choices(served),
    )
    .option("--json", 'print { "findings": [...] } for machines')
    .action((files: string[], options: IngressOptions) => {
      const { lint } = require("./ingress/lint") as typeof import("./ingress/lint");
      lint(files, options);
    });
}
