import { spawn } from "node:child_process";
import { UserError } from "../../../core/finding";

/** Runs a command as it would be typed, with its output shown. */
export function typeCommand(command: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // In a terminal Ctrl-C reaches it by itself; a second signal would keep it from ending in order.
    const child = spawn(command, { shell: true, stdio: ["ignore", "inherit", "inherit"] });
    if (!process.stdin.isTTY) signal.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
    child.on("error", (error) => reject(new UserError(`\`${command}\` can't be run: ${error.message}`)));
    child.on("exit", (code, by) => {
      if (code === 0) resolve();
      else reject(new UserError(`\`${command}\` ended with ${code ?? by}; its own words are above.`));
    });
  });
}
