import type { Stack } from "../../core/stack/schema";

type ControllerName = Stack["ingress"]["controllers"][number]["name"];

/** A path as an Ingress says it. */
export type IngressPath = readonly [pathType: "Exact" | "Prefix", path: string];

/** Paths of one host, and which of them the specification gives each request to: by its place in the list; null: to none. */
export interface PathCase {
  readonly paths: readonly IngressPath[];
  readonly requests: Readonly<Record<string, number | null>>;
}

/**
 * The examples of the Ingress documentation (kubernetes.io/docs/concepts/services-networking/ingress, "Path types"), and upper and lower case. Where two
 * paths compete the probes have to tell which of them answers: they say their name at /hostname and /hostName alone.
 */
export const pathCases: readonly PathCase[] = [
  { paths: [["Prefix", "/"]], requests: { "/": 0, "/aaa/bbb": 0 } },
  { paths: [["Exact", "/foo"]], requests: { "/foo": 0, "/foo/": null, "/bar": null, "/FOO": null } },
  { paths: [["Exact", "/foo/"]], requests: { "/foo/": 0, "/foo": null } },
  { paths: [["Prefix", "/foo"]], requests: { "/foo": 0, "/foo/": 0, "/ccc": null, "/FOO": null } },
  { paths: [["Prefix", "/foo/"]], requests: { "/foo": 0, "/foo/": 0 } },
  { paths: [["Prefix", "/aaa/bb"]], requests: { "/aaa/bbb": null } },
  { paths: [["Prefix", "/aaa/bbb"]], requests: { "/aaa/bbb": 0, "/aaa/bbb/": 0, "/aaa/bbb/ccc": 0, "/aaa/bbbxyz": null } },
  { paths: [["Prefix", "/aaa/bbb/"]], requests: { "/aaa/bbb": 0 } },
  {
    paths: [
      ["Prefix", "/"],
      ["Prefix", "/hostname"],
    ],
    requests: { "/hostname": 1, "/hostName": 0 },
  },
  {
    paths: [
      ["Prefix", "/hostname"],
      ["Exact", "/hostname"],
    ],
    requests: { "/hostname": 1 },
  },
];

export const showPaths = (paths: readonly IngressPath[]): string => paths.map((path) => path.join(" ")).join(" and ");

/** A request that a controller treats in its own way, by what it has. */
export interface Deviation {
  readonly paths: string;
  readonly request: string;
}

/**
 * What controllers are known to do otherwise. Traefik with strictPrefixMatching: seen in the lab. The others from their sources: nginx/kubernetes-ingress
 * makes a prefix a plain `location` (internal/configs/ingress.go); haproxytech/kubernetes-ingress maps a prefix exactly and with a slash (pkg/route/route.go).
 */
export const knownDeviations: Readonly<Record<ControllerName, readonly Deviation[]>> = {
  // Of two paths the longer rule wins, and that of a prefix is longer than that of the same path exactly.
  traefik: [{ paths: "Prefix /hostname and Exact /hostname", request: "/hostname" }],
  haproxy: [],
  "f5-nginx": [
    { paths: "Prefix /foo/", request: "/foo" },
    { paths: "Prefix /aaa/bb", request: "/aaa/bbb" },
    { paths: "Prefix /aaa/bbb", request: "/aaa/bbbxyz" },
    { paths: "Prefix /aaa/bbb/", request: "/aaa/bbb" },
  ],
  "ingress-nginx": [],
  gce: [],
};

export const isKnown = (controller: ControllerName, paths: readonly IngressPath[], request: string): boolean =>
  knownDeviations[controller].some((known) => known.paths === showPaths(paths) && known.request === request);
