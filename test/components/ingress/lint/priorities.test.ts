import { complaints, lint } from "./judge";

type Path = readonly [pathType: string, path: string, service?: string];

const ingress = (name: string, paths: readonly Path[], { className = "traefik", host = "shop.example", annotations = "" } = {}) =>
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, annotations: { ${annotations} } }
spec:
  ingressClassName: ${className}
  rules:
    - host: ${host}
      http:
        paths:
${paths.map(([pathType, path, service = path.replace(/\W/g, "") || "root"]) => `          - { path: ${path}, pathType: ${pathType}, backend: { service: { name: s${service}, port: { number: 80 } } } }\n`).join("")}`;

const first = 'traefik.ingress.kubernetes.io/router.priority: "1000000"';

// The first three and the last were seen in the lab (docs/ingress.md, "Path types").
test.each<[string, string[]]>([
  ["/hi", ["Exact"]],
  ["/hello", ["Exact"]],
  ["/hello1", ["Exact"]],
  ["/hello12", []],
])("beside Prefix /, Exact %s", (path, expected) => {
  const said = complaints(
    ingress("a", [
      ["Prefix", "/"],
      ["Exact", path],
    ]),
  );
  expect(said).toEqual(
    expected.map(
      () =>
        `warning spec.rules[0].http.paths[1].path: shop.example ${path} (Exact) gets no requests: / (Prefix) comes first, since Traefik takes the router with the longer rule.`,
    ),
  );
});

test.each<[string, string[], boolean]>([
  [
    "the same path as a prefix",
    [
      ingress("a", [
        ["Prefix", "/users", "all"],
        ["Exact", "/users"],
      ]),
    ],
    true,
  ],
  ["a prefix of another Ingress", [ingress("a", [["Prefix", "/"]]), ingress("b", [["Exact", "/api"]])], true],
  ["a priority above everything", [ingress("a", [["Prefix", "/"]]), ingress("b", [["Exact", "/api"]], { annotations: first })], false],
  [
    "the same priority for both, of which nothing is known",
    [
      ingress(
        "a",
        [
          ["Prefix", "/"],
          ["Exact", "/api"],
        ],
        { annotations: first },
      ),
    ],
    false,
  ],
  [
    "a lower priority",
    [ingress("a", [["Prefix", "/"]]), ingress("b", [["Exact", "/api"]], { annotations: first.replace("1000000", "5") })],
    true,
  ],
  ["another host", [ingress("a", [["Prefix", "/"]], { host: "b.example" }), ingress("b", [["Exact", "/api"]])], false],
  ["another class", [ingress("a", [["Prefix", "/"]], { className: "traefik-internal" }), ingress("b", [["Exact", "/api"]])], false],
  [
    "a prefix that doesn't have it",
    [
      ingress("a", [
        ["Prefix", "/ap"],
        ["Exact", "/api"],
      ]),
    ],
    false,
  ],
  [
    "the same Service for both",
    [
      ingress("a", [
        ["Prefix", "/", "one"],
        ["Exact", "/api", "one"],
      ]),
    ],
    false,
  ],
  [
    "another controller",
    [
      ingress(
        "a",
        [
          ["Prefix", "/"],
          ["Exact", "/api"],
        ],
        { className: "haproxy" },
      ),
    ],
    false,
  ],
])("%s", (_, files, isFound) => {
  expect(complaints(files.join("---\n")).some((line) => line.includes("gets no requests"))).toBe(isFound);
});

test("the mend", () => {
  const mends = (...files: string[]) =>
    lint(files.join("---\n")).flatMap(({ message, mend }) => (message.includes("gets no requests") ? [mend] : []));
  expect(
    mends(
      ingress("a", [
        ["Prefix", "/"],
        ["Exact", "/api"],
      ]),
    ),
  ).toEqual([
    'Put the exact paths into an Ingress of their own with the annotation traefik.ingress.kubernetes.io/router.priority: "1000000".',
  ]);
  expect(mends(ingress("a", [["Prefix", "/"]]), ingress("b", [["Exact", "/api"]]))).toEqual([
    'Write the annotation traefik.ingress.kubernetes.io/router.priority: "1000000".',
  ]);
});
