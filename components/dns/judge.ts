import type { Finding } from "../../core/finding";
import type { Stack } from "../../core/stack/schema";
import { passages } from "./corefile";
import { type CorefileFinding, lintCorefile } from "./corefile/lint/lint";
import { coreDnsOf } from "./corefile/versions";

/** Settings whose text stands in the Corefile as it is: their findings have places of their own. */
const verbatim = new Set(["extra", "blocks"]);

/** What CoreDNS would refuse, ignore or do wrong of a stack's Corefile, at the settings that it comes from. */
export function judgeCorefile(stack: Stack): Finding[] {
  const version = coreDnsOf(stack.cluster.kubernetes);
  const all = passages(stack);
  const text = all.map((passage) => passage.text).join("");
  // Remarks on the whole are for those who wrote it by hand.
  return lintCorefile(text, version === undefined ? {} : { version })
    .filter(({ severity }) => severity !== "info")
    .map((finding) => {
      let line = finding.line ?? 1;
      const found = all.find((passage) => {
        const lines = passage.text.split("\n").length - 1;
        if (line <= lines) return true;
        line -= lines;
        return false;
      });
      return atSetting(finding, found?.path ?? ["dns"], line);
    });
}

function atSetting({ severity, message, mend, plugin, column }: CorefileFinding, path: Finding["path"], line: number): Finding {
  const setting = String(path[1]);
  const named = plugin === undefined || message.includes(plugin) ? message : `${plugin}: ${message}`;
  // Lines of dns.extra are moved to the right by the four columns of their block.
  const inside = verbatim.has(setting) ? { inside: { line, column: Math.max(1, (column ?? 1) - (setting === "extra" ? 4 : 0)) } } : {};
  return { severity, path, message: named, mend, ...inside };
}
