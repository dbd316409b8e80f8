import colors from "picocolors";
import type { Result } from "../../analysis/verify/check";
import type { Progress } from "../../analysis/verify/verify";

/** Where progress goes: standard error, so that a command's own output stays clean. */
interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const clearLine = "\r\x1b[K";

/** On a terminal one line that changes; elsewhere a line per phase. Failures are told when they happen. */
export function showProgress(output: ProgressOutput = process.stderr): Progress & { end(): void } {
  let doing = "";
  let done = 0;
  let failures = 0;
  const redraw = () => {
    const counts = done > 0 ? colors.dim(`  ${done} done, ${failures} failed`) : "";
    output.write(`${clearLine}${doing}${counts}`);
  };
  return {
    phase(text) {
      doing = text;
      if (output.isTTY) redraw();
      else output.write(`> ${text}\n`);
    },
    result(result: Result) {
      done++;
      if (result.status === "failed") {
        failures++;
        output.write(`${output.isTTY ? clearLine : ""}${colors.red("✗")} ${result.name}: ${result.from} → ${result.to}\n`);
      }
      if (output.isTTY) redraw();
    },
    end() {
      if (output.isTTY) output.write(clearLine);
    },
  };
}
