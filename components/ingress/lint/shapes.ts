import type { Shape } from "./shape";

/** Fields of the objects, from k8s.io/api v0.34: networking/v1, core/v1, meta/v1. */

const typedReference: Shape = { fields: { apiGroup: "string", kind: "string", name: "string" } };

const backend: Shape = {
  fields: {
    service: { fields: { name: "string", port: { fields: { name: "string", number: "integer" } } } },
    resource: typedReference,
  },
};

export const metadata: Shape = {
  fields: {
    name: "string",
    generateName: "string",
    namespace: "string",
    selfLink: "string",
    uid: "string",
    resourceVersion: "string",
    generation: "integer",
    creationTimestamp: "anything",
    deletionTimestamp: "anything",
    deletionGracePeriodSeconds: "integer",
    labels: { map: "string" },
    annotations: { map: "string" },
    ownerReferences: "anything",
    finalizers: { list: "string" },
    managedFields: "anything",
  },
};

const withMetadata = (fields: Readonly<Record<string, Shape>>): Shape => ({
  fields: { apiVersion: "string", kind: "string", metadata, ...fields },
});

export const ingressShape = withMetadata({
  spec: {
    fields: {
      ingressClassName: "string",
      defaultBackend: backend,
      tls: { list: { fields: { hosts: { list: "string" }, secretName: "string" } } },
      rules: {
        list: {
          fields: { host: "string", http: { fields: { paths: { list: { fields: { path: "string", pathType: "string", backend } } } } } },
        },
      },
    },
  },
  status: "anything",
});

export const ingressClassShape = withMetadata({
  spec: {
    fields: {
      controller: "string",
      parameters: { fields: { apiGroup: "string", kind: "string", name: "string", scope: "string", namespace: "string" } },
    },
  },
});

/** What the lint reads of a Service, a Secret and others; their other fields are not judged here. */
export const metadataOnly: Shape = withMetadata({});
