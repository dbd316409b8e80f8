import type { ControllerName } from "./controllers";
import type { Ingress, Route } from "./model";
import { finding, type ManifestFinding } from "./objects";
import type { World } from "./world";

/** Characters that a path of a URL hardly has and that mean something in a regular expression. */
const regexCharacters = /[\^$()[\]|\\{}+?]|\.\*|\*/;

const nginx = "nginx.ingress.kubernetes.io/";
const isTrue = (value: string | undefined) => value === "1" || /^t(rue)?$/i.test(value ?? "");

/** Regular expressions, rewrites and wildcards in paths, which each controller reads otherwise. */
export function pathFindings(world: World): ManifestFinding[] {
  return world.ingresses.flatMap((ingress) => {
    const controller = world.controllerOf(ingress);
    return [...ingress.routes.flatMap((route) => judgePath(ingress, route, controller)), ...judgeRewrite(ingress, controller)];
  });
}

/** Whether ingress-nginx takes an Ingress's paths for regular expressions: use-regex says so, and rewrite-target implies it. */
export const usesRegex = ({ annotations }: Ingress): boolean =>
  isTrue(annotations[`${nginx}use-regex`]) || `${nginx}rewrite-target` in annotations;

function judgePath(ingress: Ingress, { url, pathType, path }: Route, controller: ControllerName | undefined): ManifestFinding[] {
  const at = [...path, "path"];
  const say = (severity: "error" | "warning" | "info", message: string, mend: string) => [
    finding(ingress.object, severity, at, message, mend, controller),
  ];
  if (controller === "gce") return judgeGce(url, pathType, say);
  if (!regexCharacters.test(url)) return [];
  // It makes every path of an F5 NGINX Ingress an expression, whatever its pathType.
  if (controller === "f5-nginx" && "nginx.org/path-regex" in ingress.annotations) return [];
  if (controller === "ingress-nginx" && usesRegex(ingress) && !isExpression(url))
    return say(
      "error",
      `${url} is no regular expression that can be read: nginx refuses the configuration.`,
      "Look for a bracket or parenthesis without its other half.",
    );
  if (pathType !== "ImplementationSpecific") {
    const mend = /\/\*$/.test(url)
      ? `Write ${url.slice(0, -2) || "/"} with pathType: Prefix, which takes everything below it.`
      : "Write a plain path, or pathType: ImplementationSpecific and what your controller needs for regular expressions.";
    if (controller === "ingress-nginx" && pathType === "Prefix" && usesRegex(ingress) && !/\/\*$/.test(url))
      return say(
        "error",
        `${url} is a regular expression, which ingress-nginx refuses under pathType ${pathType} (strict-validate-path-type, on since 1.12).`,
        "Write pathType: ImplementationSpecific.",
      );
    if (/[?]/.test(url) && !/[()[\]|\\^$*]/.test(url))
      return say(
        "warning",
        `${url} has a query in it, which never belongs to the path: nothing matches.`,
        "Write the path without the query.",
      );
    return say("warning", `${url} is taken literally, character by character, under pathType ${pathType}.`, mend);
  }
  return judgeImplementationSpecific(ingress, url, controller, say);
}

/** Whether brackets and parentheses have their other halves; nginx's dialect (PCRE) has more than JavaScript's could judge. */
function isExpression(url: string): boolean {
  const bare = url.replace(/\\./g, "").replace(/\[\^?\]?[^\]]*\]/g, "");
  let depth = 0;
  for (const character of bare) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) return false;
    if (character === "[") return false;
  }
  return depth === 0;
}

type Say = (severity: "error" | "warning" | "info", message: string, mend: string) => ManifestFinding[];

function judgeImplementationSpecific(ingress: Ingress, url: string, controller: ControllerName | undefined, say: Say): ManifestFinding[] {
  const { annotations } = ingress;
  if (controller === "ingress-nginx" && !usesRegex(ingress))
    return say(
      "warning",
      `${url} is a regular expression, which ingress-nginx takes literally without use-regex.`,
      `Write the annotation ${nginx}use-regex: "true".`,
    );
  if (controller === "f5-nginx")
    return say(
      "warning",
      `${url} is a regular expression, which F5 NGINX takes literally.`,
      "Write the annotation nginx.org/path-regex: case_insensitive.",
    );
  if (controller === "traefik" && annotations["traefik.ingress.kubernetes.io/router.pathmatcher"] !== "PathRegexp")
    return say(
      "warning",
      `${url} is taken literally: ImplementationSpecific is a prefix to Traefik.`,
      "Write the annotation traefik.ingress.kubernetes.io/router.pathmatcher: PathRegexp.",
    );
  if (controller === "haproxy")
    return say(
      "warning",
      `${url} is taken literally: ImplementationSpecific is the beginning of the path to HAProxy.`,
      "Write plain paths.",
    );
  return [];
}

/** kubernetes/ingress-gce: a wildcard is `/*` at the end of an ImplementationSpecific path; without one the match is exact. */
function judgeGce(url: string, pathType: string, say: Say): ManifestFinding[] {
  const star = url.indexOf("*");
  if (star >= 0 && pathType !== "ImplementationSpecific")
    return say(
      "error",
      `${url} has a wildcard, which GCE refuses under pathType ${pathType}.`,
      `Write ${url.replace(/\/?\*.*$/, "") || "/"} with pathType: Prefix.`,
    );
  if (star >= 0 && !/^[^*]*\/\*$/.test(url))
    return say("error", `${url}: GCE takes a * only as the last thing, after a /.`, "Write for example /shop/*.");
  if (pathType === "ImplementationSpecific" && star < 0 && url !== "/")
    return say(
      "warning",
      `${url} matches that very address alone: GCE takes an ImplementationSpecific path without * exactly.`,
      `Write pathType: Prefix, or ${url.replace(/\/$/, "")}/*.`,
    );
  return [];
}

function judgeRewrite({ object, annotations, routes }: Ingress, controller: ControllerName | undefined): ManifestFinding[] {
  const target = annotations[`${nginx}rewrite-target`];
  if (target === undefined || (controller !== undefined && controller !== "ingress-nginx")) return [];
  const path = ["metadata", "annotations", `${nginx}rewrite-target`];
  const highest = Math.max(0, ...[...target.matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)));
  const short = routes.find(({ url }) => groupsOf(url) < highest);
  if (highest > 0 && short)
    return [
      finding(
        object,
        "warning",
        path,
        `${target} names the group $${highest}, and the path ${short.url} has ${groupsOf(short.url) || "none"}.`,
        "Write groups into the path, for example /shop(/|$)(.*) with /$2.",
        "ingress-nginx",
      ),
    ];
  const wide = routes.find(({ url, pathType }) => pathType !== "Exact" && url !== "/");
  if (highest === 0 && wide) {
    const message = `sends every request below ${wide.url} to ${target} itself: what follows ${wide.url} is lost.`;
    return [
      finding(
        object,
        "info",
        path,
        message,
        `To keep it, write the path ${wide.url.replace(/\/$/, "")}(/|$)(.*) with pathType: ImplementationSpecific and rewrite-target: ${target.replace(/\/$/, "")}/$2.`,
        "ingress-nginx",
      ),
    ];
  }
  return [];
}

const groupsOf = (url: string): number => [...url.matchAll(/(?<!\\)\((?!\?)/g)].length;
