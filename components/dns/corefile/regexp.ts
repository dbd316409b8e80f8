/**
 * Whether Go's regexp package takes a regular expression (RE2 syntax, https://github.com/google/re2/wiki/Syntax): why not, or undefined when it does.
 * It differs from others most in what it lacks: look-ahead, look-behind and references back.
 */
export function regexpProblem(pattern: string): string | undefined {
  const scan = new Scan(pattern);
  return scan.problem();
}

/** How many groups a regular expression captures. */
export function captureGroups(pattern: string): number {
  const scan = new Scan(pattern);
  scan.problem();
  return scan.groups;
}

const classes = /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;
const escapes =
  /^\\(?:[aftnrvAbBzdDsSwWQEC]|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]+\}|[0-7]{2,3}|0|[pP](?:\{\^?[A-Za-z_]+\}|[A-Z])|[!-/:-@[-`{-~])/;
const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

class Scan {
  groups = 0;
  private rest: string;
  private depth = 0;

  constructor(pattern: string) {
    this.rest = pattern;
  }

  private take(length: number): void {
    this.rest = this.rest.slice(length);
  }

  problem(): string | undefined {
    let canRepeat = false;
    while (this.rest !== "") {
      const repeated = repeat.exec(this.rest);
      if (repeated) {
        const [text] = repeated;
        if (!canRepeat) return `there is nothing before ${text} to repeat`;
        if (/^\{/.test(text) && text.match(/\d+/g)?.some((count) => Number(count) > 1000)) return `${text} repeats more than 1000 times`;
        this.take(text.length);
        if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.rest)) return `${text}${this.rest[0]} repeats a repetition`;
        canRepeat = false;
        continue;
      }
      const problem = this.element();
      if (problem === undefined || typeof problem === "boolean") canRepeat = problem ?? true;
      else return problem;
    }
    return this.depth > 0 ? "a ( is never closed" : undefined;
  }

  /** One element: a text is what is wrong, a boolean whether a repetition may follow. */
  private element(): string | boolean {
    const [character = ""] = this.rest;
    if (character === "(") return this.open();
    if (character === ")") {
      if (this.depth-- === 0) return "a ) closes nothing";
      this.take(1);
      return true;
    }
    if (character === "[") return this.characterClass();
    if (character === "\\") return this.escaped();
    this.take(character.length);
    return character !== "|";
  }

  private open(): string | boolean {
    const look = /^\(\?(?:<?[=!])/.exec(this.rest);
    if (look) return `Go's regular expressions have no ${look[0].includes("<") ? "look-behind" : "look-ahead"} ${look[0]}`;
    const named = /^\(\?P?<([A-Za-z0-9_]+)>/.exec(this.rest);
    const flags = /^\(\?(?=[imsU-])[imsU]*(?:-[imsU]+)?([:)])/.exec(this.rest);
    if (named) this.groups++;
    if (named || flags || this.rest.startsWith("(?:")) {
      if (flags?.[1] !== ")") this.depth++;
      this.take((named ?? flags)?.[0].length ?? 3);
      return false;
    }
    if (this.rest.startsWith("(?")) return `Go's regular expressions have no group ${this.rest.slice(0, 3)}`;
    this.groups++;
    this.depth++;
    this.take(1);
    return false;
  }

  private escaped(): string | boolean {
    if (this.rest.startsWith("\\Q")) {
      const end = this.rest.indexOf("\\E");
      this.take(end < 0 ? this.rest.length : end + 2);
      return true;
    }
    const found = escapes.exec(this.rest);
    if (!found) {
      if (/^\\[1-9]/.test(this.rest)) return `Go's regular expressions have no reference back like ${this.rest.slice(0, 2)}`;
      return this.rest.length === 1 ? "it ends with a backslash" : `Go's regular expressions have no ${this.rest.slice(0, 2)}`;
    }
    this.take(found[0].length);
    return true;
  }

  private characterClass(): string | boolean {
    this.take(this.rest.startsWith("[^") ? 2 : 1);
    let isFirst = true;
    let low: string | undefined;
    while (this.rest !== "") {
      if (this.rest.startsWith("]") && !isFirst) {
        this.take(1);
        return true;
      }
      isFirst = false;
      const named = classes.exec(this.rest);
      if (named) {
        this.take(named[0].length);
        low = undefined;
        continue;
      }
      if (this.rest.startsWith("[:") && this.rest.includes(":]"))
        return `there is no class ${this.rest.slice(0, this.rest.indexOf(":]") + 2)}`;
      const escaped = this.rest.startsWith("\\") ? escapes.exec(this.rest)?.[0] : undefined;
      if (this.rest.startsWith("\\") && !escaped) return `Go's regular expressions have no ${this.rest.slice(0, 2)}`;
      const character = escaped ?? [...this.rest][0] ?? "";
      this.take(character.length);
      if (low !== undefined && character.length === 1 && low.length === 1 && low > character) return `${low}-${character} runs backwards`;
      low = undefined;
      if (this.rest.startsWith("-") && !this.rest.startsWith("-]")) {
        this.take(1);
        low = character;
      }
    }
    return "a [ is never closed";
  }
}
