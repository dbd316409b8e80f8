import { joinPath } from "../provider/diff";
import type { CheckResult } from "../provider/provider";
import { isProperties, type Properties, reveal, Secret, Unknown, type Value } from "../provider/values";
import { type ObjectSpec, type PropertySpec, resolve, type TypeSpec } from "./schema";

type Failures = { property: string; reason: string }[];

/** Checks inputs against their schema and completes them with its defaults. */
export function checkInputs(spec: ObjectSpec, news: Properties): CheckResult {
  const failures: Failures = [];
  return { inputs: checkProperties(spec, news, "", failures), failures };
}

function checkProperties(spec: ObjectSpec, given: Properties, path: string, failures: Failures): Properties {
  const result: Properties = {};
  for (const [name, property] of Object.entries(spec.properties)) {
    const place = joinPath(path, name);
    const value = given[name] ?? property.default;
    if (value !== undefined) result[name] = checkProperty(property, value, place, failures);
    else if (spec.required.includes(name)) failures.push({ property: place, reason: `${place} is missing` });
  }
  for (const name of Object.keys(given).filter((key) => !(key in spec.properties))) {
    const known = Object.keys(spec.properties).sort().join(", ");
    failures.push({ property: joinPath(path, name), reason: `${joinPath(path, name)} is not known here; known are: ${known}` });
  }
  return result;
}

function checkProperty(spec: PropertySpec, value: Value, path: string, failures: Failures): Value {
  const secret = value instanceof Secret || spec.secret === true;
  // Secrets within a secret add nothing; the state holds them flat.
  const checked = checkValue(spec, secret ? reveal(value) : value, path, failures);
  return secret ? new Secret(checked) : checked;
}

function checkValue(spec: TypeSpec | ObjectSpec, value: Value, path: string, failures: Failures): Value {
  if (value instanceof Unknown) return value;
  if (value instanceof Secret) return new Secret(checkValue(spec, value.value, path, failures));
  if ("$ref" in spec) {
    const target = resolve(spec.$ref);
    return target === undefined ? value : checkValue(target, value, path, failures);
  }
  if ("properties" in spec) {
    if (isProperties(value)) return checkProperties(spec, value, path, failures);
    return mismatch("an object", value, path, failures);
  }
  switch (spec.type) {
    case "array":
      if (!Array.isArray(value)) return mismatch("a list", value, path, failures);
      return value.map((item, index) => checkValue(spec.items, item, `${path}[${index}]`, failures));
    case "object":
      if (!isProperties(value)) return mismatch("an object", value, path, failures);
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, checkValue(spec.additionalProperties, item, joinPath(path, key), failures)]),
      );
    case "integer":
      return Number.isInteger(value) ? value : mismatch("a whole number", value, path, failures);
    default:
      if (typeof value !== spec.type) return mismatch(`a ${spec.type}`, value, path, failures);
      if (spec.enum === undefined || spec.enum.some((allowed) => allowed.value === value)) return value;
      return mismatch(`one of ${spec.enum.map((allowed) => allowed.value).join(", ")}`, value, path, failures);
  }
}

/** Notes a wrong type; says the kind of what was found and not the value, which may be secret. */
function mismatch(expected: string, value: Value, path: string, failures: Failures): Value {
  const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a${typeof value === "object" ? "n" : ""} ${typeof value}`;
  failures.push({ property: path, reason: `${path} is ${found}; expected ${expected}` });
  return value;
}
