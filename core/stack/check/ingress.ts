import type { Finding, Path } from "../../finding";
import type { Losses } from "../losses";
import type { Stack } from "../schema";

/** What a controller's namespace and objects are called. Google's has two classes, and no objects. */
export const controllerName = (controller: Stack["ingress"]["controllers"][number]): string =>
  controller.as ?? (controller.name === "gce" && controller.class !== "default" ? controller.class : controller.name);

/** The IngressClass of a controller: `default` stands for the controller's own name, and makes it the cluster's default. */
export function ingressClass(controller: Stack["ingress"]["controllers"][number]): { name: string; isDefault: boolean } {
  return controller.class === "default"
    ? { name: controllerName(controller), isDefault: true }
    : { name: controller.class, isDefault: false };
}

/** The class of a rule: its own, else the default controller's. */
export function ruleClass({ ingress }: Stack, rule: Stack["ingress"]["rules"][number]): string | undefined {
  return rule.class ?? ingress.controllers.map(ingressClass).find(({ isDefault }) => isDefault)?.name;
}

/** The controller that serves a rule. */
export function ruleController(stack: Stack, rule: Stack["ingress"]["rules"][number]): Stack["ingress"]["controllers"][number] | undefined {
  const className = ruleClass(stack, rule);
  return stack.ingress.controllers.find((controller) => ingressClass(controller).name === className);
}

/** The Secret with a rule's certificate: an existing one, or that of the rule's own files. */
export function ruleSecret({ name, tls, tlsSecret }: Stack["ingress"]["rules"][number]): string | undefined {
  return tlsSecret ?? (tls ? `${name}-tls` : undefined);
}

/** Traefik's middleware for `redirectToHttps`, from the file that its part brings along. */
export const redirectMiddleware = "redirect-to-https@file";

/** Controllers, their ports and classes, and the rules that they serve. */
export function checkIngress(stack: Stack, losses: Losses): Finding[] {
  return [...checkControllers(stack, losses), ...checkRules(stack, losses)];
}

function checkControllers({ ingress, proxy }: Stack, { intact }: Losses): Finding[] {
  const findings: Finding[] = [];
  const error = (path: Path, message: string, mend: string) => findings.push({ severity: "error", path, message, mend });
  ingress.controllers.forEach((controller, index) => {
    const path = ["ingress", "controllers", index];
    const name = controllerName(controller);
    const earlier = ingress.controllers.findIndex((other) => controllerName(other) === name);
    if (earlier < index)
      error(
        [...path, controller.as ? "as" : "name"],
        `${name} is also ingress.controllers[${earlier}].`,
        controller.name === "gce"
          ? "Remove it."
          : `Remove it, or give it a name and a class of its own: as: ${controller.name}-internal, class: ${controller.name}-internal.`,
      );
    checkRetired(path, controller, error, findings);
    // What one lost would be taken for its default here.
    const whole = (position: number) => intact("ingress", "controllers", position);
    if (earlier === index && whole(index)) checkTogether(path, controller, ingress.controllers.slice(0, index), whole, error);
    if (controller.name === "gce") checkGce(path, controller, error);
    if (controller.expose !== "nodePort" || !intact(...path, "nodePorts")) return;
    const { http, https } = controller.nodePorts;
    const { from, to } = proxy.nodePorts;
    for (const [key, port] of Object.entries(controller.nodePorts))
      if ((port < from || port > to) && intact("proxy", "nodePorts"))
        error([...path, "nodePorts", key], `${port} is outside of proxy.nodePorts ${from}-${to}.`, `Write a port from ${from} to ${to}.`);
    if (http === https) error([...path, "nodePorts", "https"], `${https} is also the port for http.`, "Write another one.");
  });
  if (ingress.sample && ingress.controllers.length === 0 && intact("ingress", "controllers"))
    error(["ingress", "sample"], "needs a controller, but ingress.controllers is empty.", "Add `controllers: [{ name: traefik }]`.");
  return findings;
}

type Report = (path: Path, message: string, mend: string) => void;
type Controller = Stack["ingress"]["controllers"][number];

/** Google's controller knows two classes, and brings all packets to the Services' NodePorts. */
function checkGce(path: Path, controller: Controller, error: Report): void {
  const { name } = ingressClass(controller);
  if (controller.as !== undefined) error([...path, "as"], "means nothing for gce, which Plumbline doesn't install.", "Remove it.");
  else if (name !== "gce" && name !== "gce-internal")
    error([...path, "class"], `${name} is no class of gce's.`, "Write gce, or gce-internal for load balancers inside of the network.");
  if (controller.expose !== "hostPort")
    error([...path, "expose"], "means nothing for gce: its load balancers come to the Services' NodePorts.", "Remove it.");
}

function checkRetired(path: Path, { name, as, acknowledgeRetired }: Controller, error: Report, findings: Finding[]): void {
  const at = [...path, "name"];
  if (name === "ingress-nginx" && as !== undefined)
    error(
      [...path, "as"],
      "is for a controller that is there twice; a second ingress-nginx would serve the first one's class as well.",
      "Remove it.",
    );
  const wayOff = "Write traefik; `plumbline ingress migrate FILE --to traefik` says what becomes of every annotation";
  if (name !== "ingress-nginx") {
    if (acknowledgeRetired)
      findings.push({
        severity: "warning",
        path: [...path, "acknowledgeRetired"],
        message: `means nothing for ${name}.`,
        mend: "Remove it.",
      });
  } else if (!acknowledgeRetired) {
    error(
      at,
      "ingress-nginx was retired in March 2026: nobody mends its security holes.",
      `${wayOff}. To run it all the same: acknowledgeRetired: true.`,
    );
  } else {
    const message = "ingress-nginx was retired in March 2026: nobody mends its security holes. acknowledgeRetired accepts that.";
    findings.push({ severity: "warning", path: at, message, mend: `${wayOff}.` });
  }
}

/** Controllers side by side: one has a host's ports, one is the default, every class has one. */
function checkTogether(
  path: Path,
  controller: Controller,
  earlier: readonly Controller[],
  whole: (index: number) => boolean,
  error: Report,
): void {
  const own = ingressClass(controller);
  const find = (is: (other: Controller) => boolean) => {
    const index = earlier.findIndex((other, position) => whole(position) && is(other));
    return index < 0 ? undefined : `ingress.controllers[${index}]`;
  };
  const byDefault = own.isDefault && find((other) => ingressClass(other).isDefault);
  if (byDefault)
    error(
      [...path, "class"],
      `makes it the cluster's default class, as ${byDefault} is already.`,
      `Write class: ${controllerName(controller)}.`,
    );
  const ofClass = find((other) => ingressClass(other).name === own.name);
  if (ofClass) error([...path, "class"], `${own.name} is also the class of ${ofClass}.`, "Give every controller a class of its own.");
  const hasPorts = ({ name, expose }: Controller) => expose === "hostPort" && name !== "gce";
  const onHost = hasPorts(controller) && find(hasPorts);
  if (onHost) error([...path, "expose"], `wants ports 80 and 443 of every worker, which ${onHost} has already.`, "Write expose: nodePort.");
  if (controller.expose !== "nodePort") return;
  for (const [key, port] of Object.entries(controller.nodePorts)) {
    const taken = find(({ expose, nodePorts }) => expose === "nodePort" && (nodePorts.http === port || nodePorts.https === port));
    if (taken) error([...path, "nodePorts", key], `${port} is also a port of ${taken}.`, "Write another one.");
  }
}

function checkRules(stack: Stack, { intact }: Losses): Finding[] {
  const { ingress } = stack;
  const findings: Finding[] = [];
  const report = (severity: Finding["severity"], path: Path, message: string, mend: string) =>
    findings.push({ severity, path, message, mend });
  const classes = ingress.controllers.map(ingressClass);
  const classesKnown = intact("ingress", "controllers");
  const defaultClass = classes.find(({ isDefault }) => isDefault)?.name;
  const names = new Map<string, number>();
  const routes = new Map<string, string>();
  ingress.rules.forEach((rule, index) => {
    const path = ["ingress", "rules", index];
    // What a rule lost would be taken for its default here.
    if (!intact(...path)) return;
    const id = `${rule.namespace}/${rule.name}`;
    const earlier = names.get(id);
    if (earlier !== undefined)
      report(
        "error",
        [...path, "name"],
        `${id} is also ingress.rules[${earlier}].`,
        "Give every Ingress a name of its own in its namespace.",
      );
    names.set(id, earlier ?? index);
    if (rule.paths.length === 0 && !rule.defaultBackend)
      report("error", path, "has neither paths nor a defaultBackend.", "Write paths: [{ path: /, service: NAME, port: 80 }].");
    if (rule.tls && rule.tlsSecret)
      report("error", [...path, "tlsSecret"], "is there beside tls, which makes a Secret of its own.", "Keep one of the two.");
    const controller = classesKnown ? ruleController(stack, rule) : undefined;
    if (rule.redirectToHttps && controller?.name === "gce")
      report(
        "error",
        [...path, "redirectToHttps"],
        "can't be written for gce: a FrontendConfig redirects there.",
        "Remove it, and write annotations: { networking.gke.io/v1beta1.FrontendConfig: NAME } for one with redirectToHttps.",
      );
    else if (rule.redirectToHttps && controller && controller.name !== "traefik" && !ruleSecret(rule))
      report(
        "error",
        [...path, "redirectToHttps"],
        `sends browsers to HTTPS, but the rule has no certificate: ${controller.name} serves no HTTPS for its host.`,
        "Write tlsSecret: NAME, a Secret of type kubernetes.io/tls in the rule's namespace, or tls: { certificateFile, keyFile }.",
      );
    if (
      rule.redirectToHttps &&
      controller?.expose === "nodePort" &&
      (controller.name === "f5-nginx" || controller.name === "ingress-nginx")
    )
      report(
        "warning",
        [...path, "redirectToHttps"],
        `sends browsers to port 443, since ${controller.name} doesn't know of nodePorts.https ${controller.nodePorts.https}.`,
        "Put a load balancer with port 443 in front, or write expose: hostPort.",
      );
    if (rule.redirectToHttps && "traefik.ingress.kubernetes.io/router.middlewares" in rule.annotations)
      report(
        "error",
        [...path, "redirectToHttps"],
        "sets the annotation router.middlewares, which the rule sets as well.",
        `Write redirectToHttps: false, and ${redirectMiddleware} first in the annotation.`,
      );
    if (classesKnown && rule.class === undefined && !defaultClass)
      report(
        "warning",
        path,
        "names no class, and no controller here is the default.",
        `Write class: ${classes[0]?.name ?? "NAME"}, or give a controller \`class: default\`.`,
      );
    if (classesKnown && rule.class !== undefined && !classes.some(({ name }) => name === rule.class))
      report(
        "warning",
        [...path, "class"],
        `${rule.class} is the class of no controller here (${classes.map(({ name }) => name).join(", ") || "there are none"}).`,
        "Name a class that a controller serves.",
      );
    rule.paths.forEach(({ path: url, pathType }, position) => {
      const route = [rule.class ?? defaultClass ?? "", rule.host ?? "*", pathType, url].join(" ");
      const claimed = routes.get(route);
      if (claimed)
        report(
          "error",
          [...path, "paths", position],
          `${rule.host ?? "any host"} ${url} (${pathType}) is claimed by ${claimed} as well.`,
          "Keep one of the two.",
        );
      routes.set(route, claimed ?? id);
    });
  });
  return findings;
}
