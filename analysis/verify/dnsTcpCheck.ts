import { dnsServiceAddresses } from "../../core/addresses";
import type { Family } from "../../core/cidr";
import type { Plan } from "../../core/plan";
import { failed, type PacketCheck, type Probe, passed } from "./check";
import { explain, patience } from "./failure";
import { onNode } from "./podChecks";
import { bigCount, service } from "./probes";

/** Numbers of record types (RFC 1035, RFC 3596). */
const types = { 4: 1, 6: 28 } as const;

/**
 * The cluster's DNS by TCP, with an answer that UDP can't carry. busybox's nslookup speaks UDP only, so the message is written here and sent by nc, which
 * the probe images have. nc waits for more after the answer; the public image's for `-w` seconds.
 */
export function bigAnswerByTcp({ stack }: Plan, from: Probe): PacketCheck[] {
  const [server] = dnsServiceAddresses(stack);
  if (!server) return [];
  const family = stack.cluster.podCIDRs[0]?.family ?? 4;
  const name = (namespace: string) => `${service.big}.${namespace}.svc.${stack.cluster.domain}`;
  const target = `${server} port 53 (TCP)`;
  return [
    {
      kind: "packet",
      name: "DNS by TCP, big answer",
      from: onNode(from),
      to: service.big,
      expected: `${bigCount} addresses`,
      at: from,
      needs: "services",
      command: ({ namespace }) =>
        `printf '${octal(query(name(namespace), family))}' | timeout ${patience} nc -w 2 ${server} 53 | od -An -v -tx1; exit 0`,
      judge: (outcome, { namespace }) => {
        const bytes = Buffer.from(outcome.stdout.replace(/\s/g, ""), "hex");
        if (bytes.length < 14) return failed(explain({ ...outcome, code: outcome.stderr ? 1 : 124 }, target, { nodes: [from.node] }));
        const { length, truncated, code, answers } = header(bytes);
        const question = `${name(namespace)} at ${target}`;
        if (bytes.length < length + 2) return failed(`${question}: ${bytes.length - 2} of ${length} bytes of the answer arrive`);
        if (code !== 0) return failed(`${question}: response code ${code}`);
        if (truncated || answers !== bigCount)
          return failed(`${question}: ${answers} of ${bigCount} addresses${truncated ? ", truncated" : ""}`);
        return passed(`${target}: ${answers} addresses in ${length} bytes`);
      },
    },
  ];
}

/** A question as TCP carries it: two bytes of length, the header with "recursion desired", the name, type and class. */
function query(name: string, family: Family): number[] {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  const message = [0x70, 0x6c, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, types[family], 0, 1];
  return [message.length >> 8, message.length & 255, ...message];
}

/** Three digits each, so that no digit of the text runs into one of an escape. */
const octal = (bytes: readonly number[]) => bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

/** RFC 1035, 4.1.1, behind the two bytes of length. */
const header = (bytes: Buffer) => ({
  length: bytes.readUInt16BE(0),
  truncated: ((bytes[4] ?? 0) & 2) !== 0,
  code: (bytes[5] ?? 0) & 15,
  answers: bytes.readUInt16BE(8),
});
