import { type Command, Option } from "commander";

export interface FilesOptions {
  /** A kubeconfig. */
  readonly cluster?: string | undefined;
}

export interface MigrateOptions extends FilesOptions {
  readonly to: "traefik" | "gateway";
  readonly stack?: string;
  readonly json?: boolean;
}

export interface CertificateOptions {
  readonly host: readonly string[];
  readonly out: string;
  readonly days: string;
}

export interface IngressOptions extends FilesOptions {
  readonly controller?: "traefik" | "haproxy" | "nginx" | "f5-nginx" | "ingress-nginx" | "gce";
  readonly json?: boolean;
}

const served = ["traefik", "haproxy", "nginx", "f5-nginx", "ingress-nginx", "gce"];

/** `plumbline ingress`: what there is to say about manifests of Ingresses. */
export function register(program: Command): void {
  const ingress = program.command("ingress").description("lint, convert and migrate Ingresses");
  ingress
    .command("lint")
    .description("judge Ingresses, and the classes, Services and Secrets with them; all files are judged together")
    .argument("[file...]", "YAML or JSON files, folders of them, or - for standard input")
    .option("--cluster <kubeconfig>", "also those of the cluster of this kubeconfig: Ingresses, IngressClasses, Services, TLS Secrets")
    .addOption(
      new Option("-c, --controller <name>", "the controller that serves them; nginx: the one that each is written for").choices(served),
    )
    .option("--json", 'print { "findings": [...] } for machines')
    .action(async (files: string[], options: IngressOptions) => {
      const { lint } = require("./ingress/lint") as typeof import("./ingress/lint");
      await lint(files, options);
    });
  ingress
    .command("certificate")
    .description("make a self-signed certificate for a lab: NAME.crt and NAME.key, for `tls` of a rule or a listener")
    .requiredOption("--host <name...>", "the host names that it is for, for example shop.example *.shop.example")
    .requiredOption("-o, --out <name>", "where the two files go, for example stacks/shop")
    .option("--days <days>", "how long it is valid", "365")
    .action((options: CertificateOptions) => {
      const { makeCertificate } = require("./ingress/certificate") as typeof import("./ingress/certificate");
      makeCertificate(options);
    });
  ingress
    .command("convert")
    .description("write Ingresses of v1beta1 as networking.k8s.io/v1; what changed goes to standard error")
    .argument("<file...>", "YAML or JSON files, or - for standard input")
    .option("--json", 'print { "files": [{ file, text, changes }] } for machines')
    .action((files: string[], options: { json?: boolean }) => {
      const { convert } = require("./ingress/convert") as typeof import("./ingress/convert");
      convert(files, options);
    });
  ingress
    .command("migrate")
    .description(
      "write the objects that another controller needs for Ingresses of ingress-nginx or a stack's rules, and say what becomes of every annotation",
    )
    .argument("[file...]", "YAML or JSON files, folders of them, or - for standard input")
    .option("-s, --stack <name|file>", "the rules of this stack, instead of the Ingresses of files; files then lend their Services")
    .option("--cluster <kubeconfig>", "also those of the cluster of this kubeconfig: Ingresses, IngressClasses, Services, TLS Secrets")
    .addOption(
      new Option("-t, --to <target>", "Traefik's Ingress and Middlewares, or Gateway API")
        .choices(["traefik", "gateway"])
        .makeOptionMandatory(),
    )
    .option("--json", 'print { "objects", "annotations", "differences" } for machines')
    .action(async (files: string[], options: MigrateOptions) => {
      const { migrate } = require("./ingress/migrate") as typeof import("./ingress/migrate");
      await migrate(files, options);
    });
}
