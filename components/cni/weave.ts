import type { Part } from "../../core/part";

/** Weave Net isn't set up: nobody mends it any more (repository weaveworks/weave: archived in June 2024, last release 2.8.1 of January 2021). */
export const weave: Part = {
  name: "cni/weave",
  findings: () => [
    {
      severity: "error",
      path: ["cni", "provider"],
      message: "Weave Net is archived since June 2024; its last release is 2.8.1 of January 2021, and its known holes stay open.",
      mend: "Write flannel or vxlan. `plumbline migrate --from weave --to flannel` prints the steps for this stack's nodes.",
    },
  ],
};
