import { apiCases } from "./apiCases";
import { errorsOf } from "./judge";

test.each(apiCases.map(({ title, yaml, accepted }) => [accepted ? "accepted" : "refused", title, yaml] as const))(
  "%s: %s",
  (verdict, _, yaml) => {
    const errors = errorsOf(yaml);
    if (verdict === "accepted") expect(errors).toEqual([]);
    else expect(errors).not.toEqual([]);
  },
);
