import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { StackError, showFinding, UserError } from "../core/finding";
import { readStackFile } from "../core/stack/file";
import { type Judge, type ParsedStack, parseStack } from "../core/stack/parse";
import { type StackInput, sections } from "../core/stack/schema";
import { withTexts } from "../core/stack/texts";
import { expiryFindings } from "./ingress/certificates";
import type { ClusterNetworkArgs } from "./networkArgs";
import { judgeOn } from "./plan";

const directory = "stacks";

/**
 * The current stack's configuration as arguments of a ClusterNetwork, secrets decrypted.
 * @throws UserError with every mistake, and its line where the configuration comes from the stack's file.
 */
export function stackArgs(): ClusterNetworkArgs {
  const file = `${directory}/Pulumi.${pulumi.getStack()}.yaml`;
  const input = Object.fromEntries(sections.flatMap((section) => readSection(section)));
  const whole = withTexts(input, directory);
  const now = new Date();
  const judged = parseStack(whole, undefined, judgeOn(now));
  if (!judged.stack) throw new StackError(withLines(judged, file, judgeOn(now)).findings, file);
  // What the parts remark, ClusterNetwork passes on.
  const dated: Judge = (stack) => expiryFindings(stack, now);
  const { findings } = withLines(parseStack(whole, undefined, dated), file, dated);
  for (const finding of findings) pulumi.log.warn(showFinding(finding, file));
  const { ssh, cluster, ...rest } = input as unknown as StackInput;
  const { privateKey, ...sshRest } = ssh ?? {};
  const { kubeconfigSecret, ...clusterRest } = cluster ?? {};
  return {
    ...rest,
    ssh: sshRest,
    cluster: clusterRest,
    ...(typeof privateKey === "string" ? { privateKey: pulumi.secret(privateKey) } : {}),
    ...(typeof kubeconfigSecret === "string" ? { kubeconfig: pulumi.secret(kubeconfigSecret) } : {}),
    baseDirectory: directory,
    file,
  };
}

/** The same findings with lines, unless the engine got the configuration from elsewhere (--config-file, automation). */
function withLines(parsed: ParsedStack, file: string, judge?: Judge): ParsedStack {
  if (parsed.findings.length === 0 || !existsSync(file)) return parsed;
  const fromFile = readStackFile(file, judge);
  const messages = ({ findings }: ParsedStack) => JSON.stringify(findings.map(({ path, message }) => [path, message]).sort());
  return messages(fromFile) === messages(parsed) ? fromFile : parsed;
}

function readSection(section: string): [string, unknown][] {
  const text = pulumi.runtime.getConfig(`${pulumi.getProject()}:${section}`);
  if (text === undefined) return [];
  try {
    return [[section, JSON.parse(text)]];
  } catch {
    throw new UserError(
      `${section}: found a text, expected a mapping. Set single values by path: pulumi config set --path plumbline:${section}.KEY VALUE.`,
    );
  }
}
