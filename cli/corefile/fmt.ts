import { writeFileSync } from "node:fs";
import { isManifest } from "../../components/dns/corefile/file";
import { formatCorefile } from "../../components/dns/corefile/format";
import { lex } from "../../components/dns/corefile/lexer";
import { syntaxFindings } from "../../components/dns/corefile/tree";
import { UserError } from "../../core/finding";
import type { FmtOptions } from "../corefile";
import { readInput, reportFindings } from "../lintFile";
import { print } from "../output";

/** `plumbline corefile fmt`: prints it, or writes it back, or only says whether it would change. */
export function formatFile(file: string, { write = false, check = false }: FmtOptions): void {
  if (write && check) throw new UserError("--write and --check exclude each other.");
  if (write && file === "-") throw new UserError("Standard input can't be written back. Leave --write out.");
  const text = readInput(file);
  if (isManifest(text)) throw new UserError(`${file} is a Kubernetes manifest; fmt works on a Corefile alone.`);
  const findings = syntaxFindings(text);
  if (findings.length > 0 || lex(text).tokens.some(({ unclosed }) => unclosed)) {
    reportFindings(
      findings.map((finding) => ({ ...finding, file })),
      { files: [file] },
    );
    throw new UserError(`${file} can't be laid out before it is well-formed; plumbline corefile lint ${file} says more.`);
  }
  const formatted = formatCorefile(text);
  if (check) {
    if (formatted === text) return;
    print(`${file} has another layout; plumbline corefile fmt --write ${file} changes it.`);
    process.exitCode = 1;
  } else if (!write) process.stdout.write(formatted);
  else if (formatted !== text) {
    writeFileSync(file, formatted);
    print(`${file} is laid out.`);
  }
}
