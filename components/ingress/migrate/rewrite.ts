/** Whether a path is a regular expression rather than a plain path. */
export const hasRegex = (url: string): boolean => /[\^$()[\]|\\{}*+?]/.test(url);

/** The prefix of the idiom `/shop(/|$)(.*)` with the target `/new/$2`, and what stands for it; undefined for other expressions. */
export function prefixRewrite(url: string, target: string): { prefix: string; replacement: string } | undefined {
  const idioms: readonly (readonly [RegExp, string])[] = [
    [/^(\/[\w./~-]*?)\/?\(\/\|\$\)\(\.\*\)\$?$/, "$2"],
    [/^(\/[\w./~-]*?)\/?\(\.\*\)\$?$/, "$1"],
    [/^(\/[\w./~-]*?)\(\/\.\*\)\?\$?$/, "$1"],
    [/^(\/[\w./~-]*?)\(\/\.\*\|\$\)$/, "$1"],
  ];
  for (const [pattern, group] of idioms) {
    const prefix = pattern.exec(url.replaceAll("[.]", "."))?.[1];
    if (prefix !== undefined && target.endsWith(group) && !target.slice(0, -group.length).includes("$"))
      return { prefix: prefix === "" ? "/" : prefix, replacement: target.slice(0, -group.length).replace(/(?<=.)\/$/, "") || "/" };
  }
  return undefined;
}

/** The path of an expression that is nothing but one, with its end: `/shop$`. */
export const exactPath = (url: string): string | undefined => /^(\/[\w./~-]*)\$$/.exec(url.replaceAll("[.]", "."))?.[1];
