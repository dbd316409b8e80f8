import { z } from "zod";

/** A certificate and its key, as files by their paths from the folder of the stack file. They are read where the stack is (core/stack/texts.ts). */
export const tlsFiles = () =>
  z
    .strictObject({
      certificateFile: z
        .string()
        .min(1)
        .describe("A PEM file: the host's certificate first, then those between it and the root.")
        .meta({ examples: ["shop.crt"] }),
      keyFile: z
        .string()
        .min(1)
        .describe("A PEM file: the private key, unencrypted. It goes into the Secret, and is in no plan, no render and no plain state.")
        .meta({ examples: ["shop.key"] }),
      certificate: z.string().optional().describe("What certificateFile holds. Default: it is read."),
      publicKey: z.string().optional().describe("The public half of the key in keyFile. Default: it is read."),
    })
    .describe("Files of a certificate; they become a Secret. `plumbline ingress certificate` makes self-signed ones for labs.");
