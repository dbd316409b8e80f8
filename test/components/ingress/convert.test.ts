import { convert, showChange } from "../../../components/ingress/convert";
import { complaints } from "./lint/judge";

const old = `# The shop.
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata:
  name: shop # its name
spec:
  ingressClassName: traefik
  backend: { serviceName: fallback, servicePort: http }
  rules:
    - host: shop.example
      http:
        paths:
          - path: /
            backend:
              serviceName: web
              servicePort: 80
          - path: /api
            pathType: Prefix
            backend: { serviceName: api, servicePort: "8080" }
`;

test("an Ingress of v1beta1 becomes one of v1, with its comments", () => {
  const { text, changes } = convert(old);
  expect(text).toBe(`# The shop.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop # its name
spec:
  ingressClassName: traefik
  defaultBackend: { service: { name: fallback, port: { name: http } } }
  rules:
    - host: shop.example
      http:
        paths:
          - path: /
            pathType: ImplementationSpecific
            backend:
              service:
                name: web
                port:
                  number: 80
          - path: /api
            pathType: Prefix
            backend: { service: { name: api, port: { number: 8080 } } }
`);
  expect(changes.map(showChange)).toEqual([
    "line 2  apiVersion: networking.k8s.io/v1beta1 -> networking.k8s.io/v1",
    "line 8  spec.backend: backend -> defaultBackend",
    "line 8  spec.backend: serviceName: fallback, servicePort: http -> service: { name: fallback, port: { name: http } }",
    "line 13  spec.rules[0].http.paths[0]: no pathType -> pathType: ImplementationSpecific (v1beta1's default: the controller decides; Prefix or Exact say it for all)",
    "line 15  spec.rules[0].http.paths[0].backend: serviceName: web, servicePort: 80 -> service: { name: web, port: { number: 80 } }",
    "line 19  spec.rules[0].http.paths[1].backend: serviceName: api, servicePort: 8080 -> service: { name: api, port: { number: 8080 } }",
  ]);
  expect(complaints(text)).toEqual([]);
  expect(convert(text)).toEqual({ text, changes: [] });
});

test("in a List too; other objects stay as they are, to the letter", () => {
  const { text } = convert(
    "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: a}, spec: {backend: {serviceName: b, servicePort: 1}}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  a: |\n    x\n",
  );
  expect(text).toContain(
    "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {defaultBackend: {service: {name: b, port: {number: 1}}}}}",
  );
  const other = "apiVersion: v1\nkind:   Service\nmetadata: {name: a}\n";
  expect(convert(other)).toEqual({ text: other, changes: [] });
});
