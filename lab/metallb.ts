import { versions } from "../core/versions";
import type { GoModule } from "../setup/goModule";
import type { GoSource } from "./goSource";

export const metallbVersion = versions.metallb.version;
export const metallbModule: GoModule = {
  path: "go.universe.tf/metallb",
  version: metallbVersion,
  sum: "h1:r7KDgJtk3KZe3qb36zRVrVCYHxLR03nPGT+qFXOomJM=",
};

/** MetalLB's two programs: `controller` and `speaker`. */
export const metallb: GoSource = {
  name: "metallb",
  title: "MetalLB",
  module: metallbModule,
  bare: [
    {
      name: "frr-k8s",
      packages: "api",
      path: "github.com/metallb/frr-k8s",
      version: "v0.0.20",
      sum: "h1:YEesxSkzQSALPvrdH/KS2ZU33yaLxx+i/LrHDev7Q3Q=",
    },
    {
      // The first one for the controller-runtime that goes with Kubernetes 1.34.
      name: "cert-controller",
      packages: "pkg",
      path: "github.com/open-policy-agent/cert-controller",
      version: "v0.13.0",
      sum: "h1:9iieLYJ8J24XvE+lIfuCZ3I2XWxVtG7GLhPUXZ+VhB4=",
    },
  ],
  packages: ["./controller", "./speaker"],
};
