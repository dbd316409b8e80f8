import type { Command } from "commander";
import { jsonOption, type StackOption, stackOption } from "./stack";

export interface RenderOptions extends StackOption {
  readonly out: string;
  readonly json?: boolean;
}

/** `plumbline render`: everything that `pulumi up` would apply, as files to read, compare and check with other tools. */
export function register(program: Command): void {
  const command = program
    .command("render")
    .description("write every file of every host and every manifest into a folder, as they would be applied")
    .requiredOption("-o, --out <dir>", "the folder; it must be new, empty, or an earlier render, which is replaced");
  jsonOption(stackOption(command)).action((options: RenderOptions) => {
    const { render } = require("./render/render") as typeof import("./render/render");
    render(options);
  });
}
