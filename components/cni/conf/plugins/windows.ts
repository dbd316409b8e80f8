import { z } from "zod";
import { flag, range, text } from "../fields";
import { common, ipam, kind } from "../kind";

/*
 * The plugins for Windows nodes (plugins/main/windows and pkg/hns of containernetworking/plugins v1.9.1).
 */

const hns = {
  ...common,
  apiVersion: z
    .number()
    .int()
    .refine((value) => value === 1 || value === 2, {
      message: "is no version of the host's network service.",
      params: { mend: "Write 2, for containerd." },
    })
    .optional()
    .describe("1: HNS, of the time of dockershim; 2: HCN, for containerd. Default: 1."),
  policies: z
    .array(z.object({ name: text().optional(), value: z.unknown() }))
    .optional()
    .describe("Policies of the endpoint; name is EndpointPolicy."),
  loopbackDSR: flag().optional().describe("Direct server return for the pod's own services."),
  ipam: ipam().optional().describe("Default: Windows gives the address."),
};

/** Pods on an L2 bridge network of Windows'. */
export const winBridge = kind({
  type: "win-bridge",
  role: "interface",
  ipam: "optional",
  capabilities: ["portMappings", "dns"],
  schema: z.object({ ...hns, ipMasqNetwork: range("10.244.0.0/16").optional().describe("Range that isn't masqueraded.") }),
});

/** Pods on an overlay network of Windows'. */
export const winOverlay = kind({
  type: "win-overlay",
  role: "interface",
  ipam: "optional",
  capabilities: ["portMappings", "dns"],
  schema: z.object({
    ...hns,
    ipMasq: flag().optional(),
    endpointMacPrefix: z
      .string()
      .refine((value) => value === "" || /^[0-9a-f]{2}-[0-9a-f]{2}$/i.test(value), {
        message: "is no beginning of a MAC address.",
        params: { mend: "Write two pairs of hexadecimal digits, for example 0E-2A." },
      })
      .optional()
      .describe("Default: 0E-2A."),
  }),
});
