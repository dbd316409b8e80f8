import { lintProxyConfiguration } from "../../../../components/proxy/lint/lint";
import { showPath } from "../../../../core/finding";
import { cases, file } from "./cases";

const version = { major: 1, minor: 34 };

test.each(Object.entries(cases))("%s", (_, { yaml, findings }) => {
  const found = lintProxyConfiguration(file(yaml), version);
  expect(found.map(({ severity, path }) => `${severity} ${showPath(path)}`).sort()).toEqual([...findings].sort());
  for (const { message, mend } of found)
    expect([message, mend]).toEqual([expect.stringMatching(/^\S.*\.$/), expect.stringMatching(/^[A-Z].*[.?]$/)]);
});
