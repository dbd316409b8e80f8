import { redirectMiddleware, ruleController, ruleSecret } from "../../core/stack/check/ingress";
import { type RewritingController, rewriteAnnotation } from "../../core/stack/check/rewrites";
import type { Stack } from "../../core/stack/schema";

type Rule = Stack["ingress"]["rules"][number];
type RulePath = Rule["paths"][number];
type Rewriting = RulePath & { readonly rewrite: string };

const isRewriting = (path: RulePath): path is Rewriting => path.rewrite !== undefined;

/** Only a dot means something in an expression, of what such a path may have. */
const literal = (path: string) => path.replaceAll(".", "[.]");
const withoutSlash = (path: string) => path.replace(/\/$/, "");

/** What stands for a path and its rewriting in an Ingress for one controller. */
interface Written {
  readonly path: Pick<RulePath, "path" | "pathType">;
  readonly annotation: string;
}

/**
 * The beginning of a path goes, and what follows stays: with `/new` for `/shop`, `/shop` becomes `/new` and `/shop/a` `/new/a`. For an exact one the whole goes.
 * Sources: haproxytech/kubernetes-ingress pkg/annotations/ingress/reqPathRewrite.go (`replace-path EXPRESSION FORMAT`), ingress-nginx rewrite-target (the
 * expressions of a host aren't anchored at their end, whatever pathType says).
 */
const written: Readonly<Record<Exclude<RewritingController, "f5-nginx">, (path: Rewriting, rule: Rule, position: number) => Written>> = {
  traefik: (path, rule, position) => ({
    path,
    annotation: [...(rule.redirectToHttps ? [redirectMiddleware] : []), `${middlewareName(rule, position)}@file`].join(","),
  }),
  haproxy: (path) => {
    const [from, to] = [literal(withoutSlash(path.path)), withoutSlash(path.rewrite)];
    if (path.pathType === "Exact") return { path, annotation: path.rewrite };
    return { path, annotation: to === "" || from === "" ? `^${from}/?(.*)$ ${to}/\\1` : `^${from}(/.*)?$ ${to}\\1` };
  },
  "ingress-nginx": (path) => {
    const write = (expression: string, annotation: string): Written => ({
      path: { path: expression, pathType: "ImplementationSpecific" },
      annotation,
    });
    const [from, to] = [literal(withoutSlash(path.path)), withoutSlash(path.rewrite)];
    if (path.pathType === "Exact") return write(`${literal(path.path)}$`, path.rewrite);
    if (from === "") return write("/(.*)", `${to}/$1`);
    return to === "" ? write(`${from}(/|$)(.*)`, "/$2") : write(`${from}(/.*|$)`, `${to}$1`);
  },
};

/** An annotation speaks of all the paths of its Ingress, so a path that is rewritten becomes an Ingress of its own. */
export function withRewrites(rule: Rule, controller: RewritingController | "gce" | undefined): Rule[] {
  const rewriting = rule.paths.filter(isRewriting);
  if (rewriting.length === 0 || controller === undefined || controller === "gce") return [rule];
  if (controller === "f5-nginx") return [f5Rule(rule, rewriting)];
  const { defaultBackend, ...own } = rule;
  const alone = rule.paths.length === 1 && !defaultBackend;
  const single = rewriting.map((path): Rule => {
    const position = rule.paths.indexOf(path);
    const { path: where, annotation } = written[controller](path, rule, position);
    return {
      ...own,
      ...(alone ? {} : { name: `${rule.name}-path-${position + 1}` }),
      // The Secret is the whole rule's, whatever Ingress names it.
      tlsSecret: ruleSecret(rule),
      paths: [{ ...path, ...where }],
      annotations: { ...rule.annotations, [rewriteAnnotation[controller]]: annotation },
    };
  });
  const others = { ...rule, paths: rule.paths.filter((path) => !isRewriting(path)) };
  return others.paths.length === 0 && !defaultBackend ? single : [others, ...single];
}

/**
 * F5 NGINX refuses a second Ingress of a host, and its annotation goes by Service. nginx puts what is written in the place of the location (`proxy_pass`), so
 * that both end in a slash; it sends the path without the slash to the one with it.
 */
function f5Rule(rule: Rule, rewriting: readonly Rewriting[]): Rule {
  const slashed = (path: RulePath, url: string) => (path.pathType === "Prefix" ? `${withoutSlash(url)}/` : url);
  const annotation = [...new Set(rewriting.map((path) => `serviceName=${path.service} rewrite=${slashed(path, path.rewrite)}`))].join(";");
  return {
    ...rule,
    paths: rule.paths.map((path) => (isRewriting(path) ? { ...path, path: slashed(path, path.path) } : path)),
    annotations: { ...rule.annotations, [rewriteAnnotation["f5-nginx"]]: annotation },
  };
}

/** No name has an underscore, so that no two rules have one together. */
const middlewareName = ({ namespace, name }: Rule, position: number) => `rewrite_${namespace}_${name}_${position + 1}`;

/** Traefik's middlewares for the rules of one controller, as its file has them. */
export function rewriteMiddlewares(stack: Stack, controller: Stack["ingress"]["controllers"][number]): Record<string, object> {
  const rules = stack.ingress.rules.filter((rule) => ruleController(stack, rule) === controller);
  return Object.fromEntries(
    rules.flatMap((rule) =>
      rule.paths.flatMap((path, position) => (isRewriting(path) ? [[middlewareName(rule, position), middleware(path)]] : [])),
    ),
  );
}

function middleware({ path, pathType, rewrite }: Rewriting): object {
  if (pathType === "Exact") return { replacePath: { path: rewrite } };
  const [from, to] = [literal(withoutSlash(path)), withoutSlash(rewrite)];
  // Of the slash that follows there is to be one, whatever comes before it.
  return {
    replacePathRegex: from === "" || to === "" ? { regex: `^${from}/?`, replacement: `${to}/` } : { regex: `^${from}`, replacement: to },
  };
}
